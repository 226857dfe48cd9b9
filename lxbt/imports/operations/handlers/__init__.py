"""The kinds of file and who deals with their rows."""

from lxbt.imports.kinds import LIST
from lxbt.imports.operations.handlers._base import Handler, Prepared, Result, Task
from lxbt.imports.operations.handlers.applications import Applications
from lxbt.imports.operations.handlers.changes import Changes
from lxbt.imports.operations.handlers.history import History
from lxbt.imports.operations.handlers.lists import OtherList
from lxbt.imports.operations.handlers.recipients import Recipients
from lxbt.imports.operations.handlers.registry import Registry

HANDLERS: dict[str, type[Handler]] = {
    "recipients": Recipients,
    "history": History,
    "changes": Changes,
    "registry": Registry,
    "applications": Applications,
}


def handler_of(kind: str) -> type[Handler]:
    """Who deals with the rows of a kind; KeyError for an unknown one."""
    return OtherList if kind.startswith(LIST) else HANDLERS[kind]


__all__ = ["HANDLERS", "Handler", "Prepared", "Result", "Task", "handler_of"]
