"""Questions of a search, read into a tree of tests on named attributes; nothing of a question ever reaches SQL as text.

Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

IDTYPE, EXPRESSION, PREDICATE, GRAPHQL = "idtype-value", "expression", "predicate", "graphql"
QUERY_TYPES = (IDTYPE, EXPRESSION, PREDICATE)
OPERATORS = {
    "eq": "eq",
    "in": "in",
    "lt": "lt",
    "gt": "gt",
    "le": "le",
    "lte": "le",
    "ge": "ge",
    "gte": "ge",
    "$eq": "eq",
    "$in": "in",
    "$lt": "lt",
    "$gt": "gt",
    "$le": "le",
    "$lte": "le",
    "$ge": "ge",
    "$gte": "ge",
}
DEEPEST, MOST_CONDITIONS, MOST_VALUES = 6, 40, 5000


class NotAskable(ValueError):
    """The question is not understood, or asks for an attribute that may not be asked for here.

    `code` is of the specification.
    """

    def __init__(self, message: str, code: str = "rjct.filter.invalid") -> None:
        super().__init__(message[:900])
        self.code = code


@dataclass(frozen=True, slots=True)
class Condition:
    """An attribute against a value; of `in`, a tuple of values."""

    name: str
    operator: str
    value: Any


@dataclass(frozen=True, slots=True)
class Both:
    """Every part holds."""

    parts: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One part holds at least."""

    parts: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Question


Question = Condition | Both | Either | Not


def read_question(
    query_type: str, query: object, attributes: Collection[str], identifiers: Collection[str]
) -> Question:
    """The question; NotAskable when it is of no known form, or names an attribute or kind of number that is
    not listed.
    """
    if query_type == IDTYPE:
        found: Question = _identifier(query, identifiers)
    elif query_type == PREDICATE:
        found = _predicate(query, attributes)
    elif query_type == EXPRESSION:
        found = _expression(_inside(query), attributes, 0)
    else:
        raise NotAskable(f"query_type {query_type} is not answered here", "rjct.search_criteria.invalid")
    if sum(1 for _condition in conditions(found)) > MOST_CONDITIONS:
        raise NotAskable(f"more than {MOST_CONDITIONS} conditions")
    return found


def conditions(question: Question) -> list[Condition]:
    """Every condition in a question."""
    if isinstance(question, Condition):
        return [question]
    if isinstance(question, Not):
        return conditions(question.part)
    return [test for part in question.parts for test in conditions(part)]


def holds(question: Question, value_of: Callable[[str], Any]) -> bool:
    """Whether a record answers the question; an attribute without value answers no test."""
    if isinstance(question, Not):
        return not holds(question.part, value_of)
    if isinstance(question, Both):
        return all(holds(part, value_of) for part in question.parts)
    if isinstance(question, Either):
        return any(holds(part, value_of) for part in question.parts)
    value = value_of(question.name)
    if value is None:
        return False
    if question.operator == "in":
        return value in question.value
    against = question.value
    return bool(
        {
            "eq": lambda: value == against,
            "lt": lambda: value < against,
            "gt": lambda: value > against,
            "le": lambda: value <= against,
            "ge": lambda: value >= against,
        }[question.operator]()
    )


def _identifier(query: object, identifiers: Collection[str]) -> Condition:
    if not isinstance(query, Mapping) or not isinstance(query.get("type"), str):
        raise NotAskable("idtype-value wants type and value")
    kind, value = query["type"], query.get("value")
    if kind not in identifiers:
        raise NotAskable(f"identifier type {kind} is not answered here")
    if isinstance(value, bool) or not isinstance(value, str | int) or not 1 <= len(str(value)) <= 64:
        raise NotAskable("the value of an identifier is a text")
    return Condition(kind, "eq", str(value))


def _predicate(query: object, attributes: Collection[str]) -> Question:
    """Members in a row are joined by `and`; within one, `condition` joins expression1 and expression2."""
    members = query if isinstance(query, list) else [query]
    parts: list[Question] = []
    for member in members[:MOST_CONDITIONS]:
        if not isinstance(member, Mapping) or not isinstance(member.get("expression1"), Mapping):
            raise NotAskable("predicate wants expression1")
        first = _member(member["expression1"], attributes)
        second, condition = member.get("expression2"), member.get("condition")
        if second is None:
            parts.append(Not(first) if condition == "not" else first)
            continue
        if not isinstance(second, Mapping) or condition not in ("and", "or", "not"):
            raise NotAskable("condition is and, or, not")
        other = _member(second, attributes)
        joined: dict[str, Question] = {
            "and": Both((first, other)),
            "or": Either((first, other)),
            "not": Both((first, Not(other))),
        }
        parts.append(joined[condition])
    if not parts or len(members) > MOST_CONDITIONS:
        raise NotAskable(f"predicate wants 1 to {MOST_CONDITIONS} members")
    return parts[0] if len(parts) == 1 else Both(tuple(parts))


def _member(told: Mapping[str, Any], attributes: Collection[str]) -> Condition:
    return _condition(told.get("attribute_name"), told.get("operator"), told.get("attribute_value"), attributes)


def _condition(name: object, operator: object, value: object, attributes: Collection[str]) -> Condition:
    if not isinstance(name, str) or name not in attributes:
        raise NotAskable(f"attribute {str(name)[:60]} is not answered here")
    if not isinstance(operator, str) or operator not in OPERATORS:
        raise NotAskable(f"operator {str(operator)[:20]} is not answered here")
    plain = OPERATORS[operator]
    if plain == "in":
        if isinstance(value, Mapping):
            value = value.get("values")  # the published schema has no array here
        if not isinstance(value, list) or not 1 <= len(value) <= MOST_VALUES or not all(_plain(one) for one in value):
            raise NotAskable(f"in wants an array of 1 to {MOST_VALUES} values")
        return Condition(name, plain, tuple(value))
    if not _plain(value):
        raise NotAskable(f"the value of {name} must be a text, number or truth value")
    return Condition(name, plain, value)


def _plain(value: object) -> bool:
    return isinstance(value, bool | int | float) or (
        isinstance(value, str) and len(value) <= 200 and "\x00" not in value
    )


def _inside(query: object) -> object:
    """The condition itself, inside {type, value: {expression: {collection, query}}}."""
    for name in ("value", "expression", "query"):
        if isinstance(query, Mapping) and name in query:
            query = query[name]
    return query


def _expression(told: object, attributes: Collection[str], depth: int) -> Question:
    if not isinstance(told, Mapping) or not told or depth > DEEPEST:
        raise NotAskable("expression wants an object of conditions, not nested too deep")
    parts: list[Question] = []
    for name, value in told.items():
        if name in ("$and", "$or", "$nor"):
            if not isinstance(value, Sequence) or isinstance(value, str) or not value or len(value) > MOST_CONDITIONS:
                raise NotAskable(f"{name} wants an array")
            inner = tuple(_expression(one, attributes, depth + 1) for one in value)
            joined: dict[str, Question] = {"$and": Both(inner), "$or": Either(inner), "$nor": Not(Either(inner))}
            parts.append(joined[name])
        elif name == "$not":
            parts.append(Not(_expression(value, attributes, depth + 1)))
        elif isinstance(value, Mapping):
            parts.extend(_condition(name, operator, one, attributes) for operator, one in value.items())
        else:
            parts.append(_condition(name, "eq", value, attributes))
    if not parts:
        raise NotAskable("expression without a condition")
    return parts[0] if len(parts) == 1 else Both(tuple(parts))
