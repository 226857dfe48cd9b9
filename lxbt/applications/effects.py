"""What a change of the procedure would do to cases: which steps come and go, for how many that are being worked on."""

from __future__ import annotations

from django.utils.translation import gettext as _

from lxbt.applications.models import Application
from lxbt.applications.rules import UNFINISHED, StepName, procedure_from
from lxbt.divisions.rules import span
from lxbt.proposals.rules import Effect
from lxbt.standards.proposing import Wanted
from lxbt.standards.queries import parameter_value

STEPS = {
    StepName.EXAMINE: "乡镇（街道）初审",
    StepName.REVIEW: "残联审核",
    StepName.DECIDE: "民政审定",
    StepName.NOTICE: "公示",
}


def effect_of_procedure(wanted: Wanted) -> Effect:
    """Each step before and after, and the cases that go on by the new ones."""
    before = {
        step.name: step.days
        for step in procedure_from(parameter_value("procedure", wanted.division_code, wanted.month, None))
    }
    after = {step.name: step.days for step in procedure_from(wanted.value)}
    lines = [
        (title, _days(before.get(name)), _days(after.get(name)))
        for name, title in STEPS.items()
        if before.get(name) != after.get(name)
    ]
    low, high = span(wanted.division_code)
    running = Application.objects.filter(
        division_code__gte=low, division_code__lt=high, state__in=[state.value for state in UNFINISHED]
    )
    changed = running.filter(applied_on__gte=wanted.since.first) if wanted.since else running
    count = changed.count()
    lines.append((_("在办申请改按新环节办理"), "", _("%(n)s 件") % {"n": f"{count:,}"}))
    lines.append((_("在办申请仍按原环节办理"), "", _("%(n)s 件") % {"n": f"{running.count() - count:,}"}))
    return Effect(tuple(lines), persons=count)


def _days(days: int | None) -> str:
    return "—" if days is None else _("%(n)d 个工作日") % {"n": days}
