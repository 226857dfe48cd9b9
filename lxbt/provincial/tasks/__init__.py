"""Background wake-ups of the provincial interface. The state in the tables is the queue."""

from lxbt.provincial.tasks import receiving, watching

__all__ = ["receiving", "watching"]
