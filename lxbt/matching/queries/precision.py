"""How often a rule is right: what people found, by rule, source and division."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum

from lxbt.divisions.rules import span
from lxbt.matching.models import Suspicion
from lxbt.matching.rules import HITS, OPEN, Outcome
from lxbt.matching.rules.rule import precision


@dataclass(frozen=True)
class Precision:
    """Cases of one rule and source in an area: raised, open, verified true (wholly or partly), false, not to be
    verified; yuan of the true ones.
    """

    rule: str
    source: str
    raised: int
    open: int
    hits: int
    misses: int
    unclear: int
    amount: object

    @property
    def share(self) -> float | None:
        """Of the verified, the share that was true."""
        return precision(self.hits, self.misses)


def precision_by_rule(area: str, *, since: date) -> list[Precision]:
    """For each rule and source, what came of the cases of an area raised since a day."""
    low, high = span(area)
    rows = Suspicion.objects.filter(division_code__gte=low, division_code__lt=high, raised_on__gte=since)
    verified = Q(confirmed_on__isnull=False)
    found = (
        rows.values("rule", "source")
        .annotate(
            raised=Count("pk"),
            open=Count("pk", filter=Q(state__in=OPEN)),
            hits=Count("pk", filter=verified & Q(outcome__in=HITS)),
            misses=Count("pk", filter=verified & Q(outcome=Outcome.FALSE)),
            unclear=Count("pk", filter=verified & Q(outcome=Outcome.UNVERIFIABLE)),
            sum=Sum("amount", filter=verified & Q(outcome__in=HITS)),
        )
        .order_by("rule", "source")
    )
    return [
        Precision(r["rule"], r["source"], r["raised"], r["open"], r["hits"], r["misses"], r["unclear"], r["sum"] or 0)
        for r in found
    ]
