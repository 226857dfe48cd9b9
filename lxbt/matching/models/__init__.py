"""Lists of other bodies, suspicions, what came of them."""

from lxbt.matching.models.lists import List, ListEntry

__all__ = ["List", "ListEntry"]
