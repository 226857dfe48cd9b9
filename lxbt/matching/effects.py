"""What a changed setting of a rule leaves standing: the open suspicions of the rule there, with what they claim."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from lxbt.divisions.rules import span
from lxbt.matching.models import Suspicion
from lxbt.matching.queries.settings import setting_at
from lxbt.matching.rules import OPEN
from lxbt.matching.schema import rule_of, switched_off
from lxbt.proposals.rules import Effect
from lxbt.standards.proposing import Wanted


def open_claims(rule: str, division_code: str, source: str = "") -> tuple[int, Decimal]:
    """How many suspicions of a rule are open in an area, and the yuan they claim."""
    low, high = span(division_code)
    rows = Suspicion.objects.filter(rule=rule, state__in=OPEN, division_code__gte=low, division_code__lt=high)
    if source:
        rows = rows.filter(source=source)
    found = rows.aggregate(n=Count("pk"), yuan=Sum("amount"))
    return found["n"], found["yuan"] or Decimal(0)


def claims_line(count: int, yuan: Decimal | int) -> tuple[str, str, str]:
    """What is open already stays open."""
    return (
        _("在办预警（不因此消失，仍须核实）"),
        "",
        _("%(n)s 条，涉及 %(yuan)s 元") % {"n": f"{count:,}", "yuan": f"{yuan:,.2f}"},
    )


def effect_of_setting(wanted: Wanted) -> Effect:
    """Each part of the setting before and after, and what is open."""
    rule = rule_of(wanted.name)
    if rule is None:
        return Effect(())
    now = setting_at(rule, wanted.division_code, wanted.month)
    before = {"days": now.days, "dispatch": now.dispatch, "stopping": list(now.stopping), **now.values}
    lines: list[tuple[str, str, str]] = [(_("规则"), "", f"{rule.code} {rule.name}")]
    on = bool(wanted.value.get("on", rule.on))
    if on != now.on:
        lines.append((_("状态"), _("启用") if now.on else _("停用"), _("启用") if on else _("停用")))
    for parameter in rule.parameters:
        after = wanted.value.get(parameter.key, parameter.default)
        if after != before[parameter.key]:
            lines.append((parameter.title, str(before[parameter.key]), str(after)))
    count, yuan = open_claims(rule.code, wanted.division_code)
    lines.append(claims_line(count, yuan))
    if switched_off(wanted.name, wanted.value):
        lines.append((_("停用期间不再产生新的预警"), "", rule.compares))
    return Effect(tuple(lines), persons=count)
