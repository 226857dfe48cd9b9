"""What the typed situation would be paid, and why: the rail of the entry form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from lxbt.core import idnumber
from lxbt.core.months import Month
from lxbt.core.profile import SUBSIDIES
from lxbt.core.reading import Unreadable
from lxbt.entitlements import queries as rights
from lxbt.standards.rules.conditions import write_condition
from lxbt.web.applications.forms import ApplicationForm, certificate_table, profile_table
from lxbt.web.kit.components import Chip, Decision, Reason
from lxbt.web.kit.fact_fields import BENEFITS, FACTS
from lxbt.web.standards.words import condition_words
from lxbt.web.words import SUBSIDIES as NAMES
from lxbt.web.words import translated


@dataclass(frozen=True)
class Estimate:
    """The rail's content; empty while too little is typed."""

    decisions: Sequence[Decision] = field(default_factory=tuple)
    total: Decimal = Decimal(0)
    month: str = ""
    missing: str = ""


def estimate_of(post: QueryDict, today: date) -> Estimate:
    """Compute from the form as far as it is filled in."""
    form = ApplicationForm(post, divisions=[(post.get("division", ""), "")])
    form.is_valid()
    if any(post.get(name) for name in form.errors if name in (*FACTS, *BENEFITS, "components")):
        return Estimate(missing=_("有的数字填得不对，改好后这里会重新计算。"))
    data: dict[str, Any] = form.cleaned_data | {"certificate_number": post.get("certificate_number", "")}
    number = idnumber.normalise(post.get("id_number", ""))
    certificate = certificate_table(data)
    if not idnumber.is_valid(number) or certificate is None or not post.get("division"):
        return Estimate(missing=_("填好身份证号、残疾人证号和家庭经济后，这里随填随算。"))
    month = Month.of(today)
    table = {
        **profile_table(data),
        "division": post["division"],
        "certificate": certificate,
        "birth": str(idnumber.birth_of(number)),
        "sex": idnumber.sex_of(number),
    }
    try:
        found = rights.rights_of_table(table, month)
    except Unreadable:
        return Estimate(missing=_("有的数字填得不对，改好后这里会重新计算。"))
    asked = post.getlist("subsidies") or list(SUBSIDIES)
    decisions = [decision_of(subsidy, found[subsidy], month) for subsidy in SUBSIDIES]
    total = sum((found[s].amount for s in asked if s in found), Decimal(0))
    return Estimate(decisions, total, str(month))


def decision_of(subsidy: str, right: Any, month: Month, url: str = "") -> Decision:
    """One subsidy's answer as the decision panel shows it."""
    if right.reasons:
        reasons = [Reason(translated(reason.sentence), False, reason.basis) for reason in right.reasons]
        terms = _("%(n)d 条理由，每条均足以不予批准") % {"n": len(reasons)} if len(reasons) > 1 else _("不符合条件")
        return Decision(
            subsidy, str(NAMES[subsidy]), right.amount, terms, Chip(_("不符合"), "bad", "circle-x"), reasons, url
        )
    reasons = []
    if right.standard is not None:
        who = condition_words(write_condition(right.standard.when))
        reasons = [Reason(_("适用标准“%(who)s”") % {"who": who}, True, right.standard.document)]
    return Decision(
        subsidy,
        str(NAMES[subsidy]),
        right.amount,
        _("元/月，自 %(month)s 起") % {"month": month},
        Chip(_("符合"), "ok"),
        reasons,
        url,
    )
