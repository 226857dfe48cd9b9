"""What every named parameter may be: how it is read, within which bounds. Each package registers those that it reads.

A name nobody registered cannot be set, and a row whose value cannot be read counts as not set.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lxbt.core.reading import Unreadable
from lxbt.standards.rules.bounds import FIELDS, PREFIX, Bounds, OutOfBounds, read_bound
from lxbt.standards.rules.parameters import RULES, read_parameter


def no_bounds(_name: str, _value: Any, _bounds: Bounds) -> None:
    """Everything that can be read may be."""


def lasting(_name: str, _value: Any, _bounds: Bounds) -> int | None:
    """It holds until another is set."""
    return None


@dataclass(frozen=True)
class Schema:
    """A parameter, or a family of them (`name` ends with a dot).

    read: (name, raw) -> the value in canonical form; Unreadable says what is wrong.
    within: (name, value, bounds) -> None; OutOfBounds says what the level above leaves open.
    priced: months are priced anew when it changes.
    months: how long such a value may hold at most, None: until another is set.
    """

    name: str
    read: Callable[[str, object], object]
    within: Callable[[str, Any, Bounds], None] = no_bounds
    priced: bool = False
    months: Callable[[str, Any, Bounds], int | None] = lasting


SCHEMAS: dict[str, Schema] = {}


def register_schema(schema: Schema) -> None:
    """Make a parameter known; again replaces it."""
    SCHEMAS[schema.name] = schema


def schema_of(name: str) -> Schema | None:
    """The schema of a parameter, None for a name that nobody reads."""
    return SCHEMAS.get(name) or SCHEMAS.get(name[: name.find(".") + 1])


def read_value(name: str, raw: object, bounds: Bounds | None = None) -> object:
    """The value of a named parameter, checked by its schema and, where given, the bounds. Unreadable or OutOfBounds."""
    schema = schema_of(name)
    if schema is None:
        raise Unreadable(name, "没有这个参数")
    try:
        value = schema.read(name, raw)
    except (TypeError, ValueError, ArithmeticError, LookupError, RecursionError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(name, "填写有误") from None
    if bounds is not None:
        schema.within(name, value, bounds)
    return value


def fault_of(name: str, raw: object, bounds: Bounds | None = None) -> str:
    """What is wrong with a value, in words; empty when nothing is."""
    try:
        read_value(name, raw, bounds)
    except (Unreadable, OutOfBounds) as error:
        return str(error)
    return ""


for _name in RULES:
    register_schema(Schema(_name, lambda name, raw: read_parameter(name, raw, name), priced=True))
for _name in FIELDS:
    register_schema(Schema(_name, read_bound, priced=True))
assert all(name.startswith(PREFIX) for name in FIELDS)
