"""States of an import and of its rows, and how an import moves. Pure.

uploaded -> planning -> planned -> writing -> done -> undoing -> undone
            planning, writing <-> paused (goes back to where it was)
            planning, planned, writing, paused -> stopped -> planning (nothing written yet) | writing | undoing
            uploaded, planning -> refused (the file cannot be read to its end)
"""

from __future__ import annotations

from collections.abc import Mapping

UPLOADED, PLANNING, PLANNED, WRITING, PAUSED, STOPPED, DONE, UNDOING, UNDONE, REFUSED = (
    "uploaded",
    "planning",
    "planned",
    "writing",
    "paused",
    "stopped",
    "done",
    "undoing",
    "undone",
    "refused",
)
STATES = (UPLOADED, PLANNING, PLANNED, WRITING, PAUSED, STOPPED, DONE, UNDOING, UNDONE, REFUSED)
RUNNING = (PLANNING, WRITING, UNDOING)  # somebody works on these
LIVE = (UPLOADED, PLANNING, PLANNED, WRITING, PAUSED, STOPPED)  # the same file sent again is this import
MOVES: Mapping[tuple[str, str], str] = {
    (UPLOADED, "plan"): PLANNING,
    (PLANNED, "plan"): PLANNING,  # another mapping
    (STOPPED, "plan"): PLANNING,  # stopped before anything was written
    (PLANNING, "planned"): PLANNED,
    (UPLOADED, "write"): WRITING,
    (PLANNED, "write"): WRITING,
    (STOPPED, "write"): WRITING,
    (WRITING, "written"): DONE,
    **{(state, "pause"): PAUSED for state in (PLANNING, WRITING)},
    **{(state, "stop"): STOPPED for state in (UPLOADED, PLANNING, PLANNED, WRITING, PAUSED)},
    **{(state, "refuse"): REFUSED for state in (UPLOADED, PLANNING, WRITING)},
    **{(state, "undo"): UNDOING for state in (DONE, STOPPED)},
    (UNDOING, "undone"): UNDONE,
}

# what became of a row
NEW, SAME, CHANGED, CONFLICT, ERROR, LEFT = "new", "same", "changed", "conflict", "error", "left"
OUTCOMES = (NEW, SAME, CHANGED, CONFLICT, ERROR, LEFT)
WRITTEN = (NEW, CHANGED)
KEPT = (CONFLICT, ERROR, LEFT)  # rows that stay with the user, each with its reason
