"""The figures by name, and where each is measured: known without setting anything up."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

FIGURES: dict[str, str] = {
    "draw": "bench.draw:measure_draw",
    "bank_file": "bench.bank:measure_bank_file",
    "bank_result": "bench.bank:measure_bank_result",
    "matching": "bench.matching:measure_matching",
    "audit_write": "bench.record:measure_audit_write",
    "audit_verify": "bench.record:measure_audit_verify",
    "rotation": "bench.rotation:measure_rotation",
    "exchange_load": "bench.exchange:measure_exchange_load",
    "import_csv": "bench.imports:measure_import_csv",
    "import_history": "bench.imports:measure_import_history",
    "push": "bench.provincial:measure_push",
    "push_one": "bench.provincial:measure_push_one",
    "import_xlsx": "bench.reading:measure_import_xlsx",
}


def measure(name: str) -> Callable[[int], dict[str, Any]]:
    """What measures a figure with so many rows; the ground must be laid."""
    module, _colon, function = FIGURES[name].partition(":")
    found: Callable[[int], dict[str, Any]] = getattr(import_module(module), function)
    return found
