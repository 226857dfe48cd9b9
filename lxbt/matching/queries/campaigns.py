"""Campaigns and how far each came."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from lxbt.divisions.rules import ancestors, span
from lxbt.matching.models import Campaign, Run, Suspicion
from lxbt.matching.rules.campaigns import COMPARING


def campaigns_for(area: str) -> QuerySet[Campaign]:
    """Campaigns of an area, of what lies above it and below it, the latest first."""
    low, high = span(area)
    return Campaign.objects.filter(Q(area__gte=low, area__lt=high) | Q(area__in=ancestors(area))).order_by("-id")


def campaign(ident: int) -> Campaign | None:
    """One campaign."""
    return Campaign.objects.filter(pk=ident).first()


def cases_of(ident: int) -> QuerySet[Suspicion]:
    """Its cases; callers cut them down to what the account may see."""
    return Suspicion.objects.filter(campaign_id=ident)


def comparing() -> list[int]:
    """Campaigns that wait to be compared."""
    return list(Campaign.objects.filter(state__in=COMPARING).order_by("pk").values_list("pk", flat=True))


def run_of(ident: int) -> Run | None:
    """Its last comparison."""
    return Run.objects.filter(campaign_id=ident).order_by("-id").first()
