"""Lines of support in the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.support.queries import questions
from lxbt.web.kit.access import OfficialRequest
from lxbt.web.kit.menu import Entry


def waiting(request: OfficialRequest) -> int | None:
    """Questions that wait for the office."""
    return questions.waiting_count(request.standing)


ENTRIES = (
    Entry(
        "running",
        6,
        "questions",
        lazy("问题答复"),
        "message-report",
        (P.ANSWER_QUESTIONS,),
        also=(
            "question",
            "question_clocks",
            "answer_new",
        ),
        count=waiting,
    ),
)
