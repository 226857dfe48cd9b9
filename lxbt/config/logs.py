"""Logs as data: one line of JSON for each thing, with its time, its request and what failed, and nothing personal.

A traceback is told by its frames and by the kinds of its exceptions; their messages stay out, since a database quotes
the row that it refuses and a parser the cell. Of a refused statement the code, table and constraint are told instead.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import psycopg
import structlog
from structlog.typing import Processor

FRAMES = 12  # of a traceback, the innermost
PARTS = ("sqlstate", "schema_name", "table_name", "constraint_name")
Line = MutableMapping[str, Any]


def fault_of(error: BaseException) -> dict[str, Any]:
    """Return what may be told of an exception and of those that led to it: kinds and places, no values."""
    chain, seen = [], set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        chain.append(_kind_of(one))
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return {"errors": chain, "frames": _frames(error.__traceback__)}


def _kind_of(error: BaseException) -> dict[str, str]:
    told = {"kind": f"{type(error).__module__}.{type(error).__qualname__}"}
    if isinstance(error, psycopg.Error):
        refused = error.diag
        told |= {part: value for part in PARTS if (value := getattr(refused, part, None))}
    elif isinstance(error, OSError) and error.errno is not None:
        told["errno"] = str(error.errno)
    return told


def _frames(trace: TracebackType | None) -> list[str]:
    return [f"{one.filename}:{one.lineno} {one.name}" for one in traceback.extract_tb(trace)[-FRAMES:]]


def tell_fault(_logger: Any, _method: str, line: Line) -> Line:
    """Processor: `exc_info` becomes what may be told of it."""
    told = line.pop("exc_info", None)
    if told is True:
        told = sys.exc_info()
    error = told[1] if isinstance(told, tuple) else told
    if isinstance(error, BaseException):
        line.update(fault_of(error))
    return line


def logging_settings(*, text: bool, statements: bool = False) -> dict[str, Any]:
    """Return Django's LOGGING: everything to standard error, as JSON or as text for a terminal.

    Pages and tasks are told at INFO. Lines of Django that quote an address are left out, ours name the route;
    `statements` shows every statement of a page, for developers.
    """
    render = (
        structlog.dev.ConsoleRenderer(colors=False)
        if text
        else structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=False)
    )
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        tell_fault,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
            }
        },
        "handlers": {"line": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["line"], "level": "WARNING"},
        "loggers": {
            "lxbt": {"level": "INFO"},
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            "django.request": {"level": "CRITICAL"},  # quotes the address; `lxbt.web` tells the same by its route
            "django.server": {"handlers": [], "propagate": True},
            "procrastinate": {"level": "ERROR"},
            "django.db.backends": {"level": "DEBUG" if statements else "WARNING"},
        },
    }
