"""The figures by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench.draw import measure_draw
from bench.exchange import measure_exchange_load
from bench.imports import measure_import_csv, measure_import_history
from bench.matching import measure_matching
from bench.reading import measure_import_xlsx
from bench.record import measure_audit_verify, measure_audit_write
from bench.rotation import measure_rotation

FIGURES: dict[str, Callable[[int], dict[str, Any]]] = {
    "draw": measure_draw,
    "matching": measure_matching,
    "audit_write": measure_audit_write,
    "audit_verify": measure_audit_verify,
    "rotation": measure_rotation,
    "exchange_load": measure_exchange_load,
    "import_csv": measure_import_csv,
    "import_history": measure_import_history,
    "import_xlsx": measure_import_xlsx,
}
