"""Lines of practice in the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.web.kit.menu import Entry

ENTRIES = (
    Entry(
        "running",
        7,
        "training",
        lazy("培训记录"),
        "school",
        (
            P.TRACK_ROLLOUT,
            P.MANAGE_ACCOUNTS,
            P.ANSWER_QUESTIONS,
        ),
        also=(
            "practice",
            "practice_exercise",
        ),
    ),
)
