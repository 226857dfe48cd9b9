"""The figures by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench.draw import measure_draw

FIGURES: dict[str, Callable[[int], dict[str, Any]]] = {"draw": measure_draw}
