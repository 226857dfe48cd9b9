"""Finding known answers: by what somebody types, for a page, for an office."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, F, Func, IntegerField, Q, QuerySet, Value

from lxbt.accounts.rules import Permission, Standing
from lxbt.divisions.rules import ancestors, span
from lxbt.support.models import KnownAnswer, Vote
from lxbt.support.rules.answers import is_initials, tokens

ANSWERS = Permission.ANSWER_QUESTIONS
PROPOSED = 5  # while a question is typed


class Shared(Func):
    """How many tokens two arrays have in common."""

    template = "cardinality(array(select unnest(%(expressions)s)))"
    arg_joiner = ") intersect select unnest("
    output_field = IntegerField()


def reaches(known: KnownAnswer, place_code: str, organ: str) -> bool:
    """Whether an answer is for an office: its area holds the office, its organ is that or any."""
    return known.area_code in ancestors(place_code) and known.organ in ("", organ)


def answers_for(standing: Standing) -> QuerySet[KnownAnswer]:
    """Those in force for the account's office, and, for who answers questions, those of the area below."""
    seen = Q(area_code__in=ancestors(standing.place_code), organ__in=["", standing.organ.value])
    for area in standing.areas(ANSWERS):
        low, high = span(area)
        seen |= Q(area_code__gte=low, area_code__lt=high)
    return KnownAnswer.objects.filter(seen, retired_at__isnull=True)


def answer_for(standing: Standing, answer_id: int) -> KnownAnswer | None:
    """One of them."""
    return answers_for(standing).filter(pk=answer_id).first()


def answers_found(standing: Standing, text: str) -> QuerySet[KnownAnswer]:
    """Those that hold every word typed, or whose initials do; nothing typed: all, the most useful first."""
    rows = answers_for(standing).order_by("-useful", "-given", "-id")
    text = text.strip()
    if not text:
        return rows
    wanted = tokens(text)
    found = Q(tokens__contains=wanted) if wanted else Q(pk__in=[])
    if len(text) < 2 or not wanted:
        found = Q(title__icontains=text) | Q(keywords__icontains=text)
    if is_initials(text):
        found |= Q(spelt__contains=text.lower())
    return rows.filter(found)


def answers_near(standing: Standing, text: str, *, route: str = "") -> list[KnownAnswer]:
    """Those that share most with a text that is being typed, the page's own before others; at most PROPOSED."""
    wanted = tokens(text)
    if not wanted:
        return []
    typed = Value(wanted, output_field=ArrayField(CharField(max_length=40)))
    rows = answers_for(standing).filter(tokens__overlap=wanted).annotate(shared=Shared(F("tokens"), typed))
    near: list[Any] = list(
        rows.filter(shared__gte=min(2, len(wanted))).order_by("-shared", "-useful", "-id")[: 4 * PROPOSED]
    )
    near.sort(key=lambda one: (-one.shared - (2 if route and route in one.pages else 0), -one.useful))
    return near[:PROPOSED]


def for_page(route: str, *, standing: Standing) -> list[KnownAnswer]:
    """The known answers that belong to a page, for this account's roles."""
    held = {role.key for role in standing.roles()}
    rows = answers_for(standing).filter(pages__contains=[route]).order_by("-useful", "-id")[:20]
    return [row for row in rows if not row.roles or held & set(row.roles)][:10]


def offered_for(standing: Standing, place_code: str, organ: str, text: str) -> list[KnownAnswer]:
    """The known answers that a desk could give to an office, those nearest to its question first."""
    near = [one for one in answers_near(standing, text) if reaches(one, place_code, organ)]
    rest = (
        answers_for(standing)
        .filter(area_code__in=ancestors(place_code), organ__in=["", organ])
        .exclude(pk__in=[one.pk for one in near])
    )
    return [*near, *rest.order_by("-given", "-id")[:30]]


def may_keep(standing: Standing, known: KnownAnswer) -> bool:
    """Whether this account's office keeps an answer: the one that wrote it, or one above it."""
    return known.owner_organ == standing.organ.value and standing.may(ANSWERS, known.owner_code)


def vote_of(user_id: int, answer_id: int) -> bool | None:
    """What an account said about an answer; None when nothing."""
    return Vote.objects.filter(user_id=user_id, answer_id=answer_id).values_list("is_useful", flat=True).first()
