"""Persons told of by a file: found or made, many at once; and taken back again."""

from lxbt.registry.operations.files.known import persons_by_index
from lxbt.registry.operations.files.people import People
from lxbt.registry.operations.files.told import DATES, Person, RowNumbers, Told, class_of, class_table, numbers_of
from lxbt.registry.operations.files.undo import persons_told_otherwise, take_back_people

__all__ = [
    "DATES",
    "People",
    "Person",
    "RowNumbers",
    "Told",
    "class_of",
    "class_table",
    "numbers_of",
    "persons_by_index",
    "persons_told_otherwise",
    "take_back_people",
]
