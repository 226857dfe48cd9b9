"""One case, ready for the page: everything an official looks at before saying yes or no."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.applications import queries, rules
from lxbt.applications.rules import State, StepName
from lxbt.core.months import Month
from lxbt.divisions import queries as divisions
from lxbt.entitlements import queries as rights
from lxbt.leads.queries import rechecks_of
from lxbt.registry import queries as registry
from lxbt.standards import queries as standards
from lxbt.web import words
from lxbt.web.applications import presenters
from lxbt.web.applications.estimate import decision_of
from lxbt.web.applications.forms import OpinionForm
from lxbt.web.applications.parts import clock_for, limits_of, state_chip
from lxbt.web.kit.access import OfficialRequest
from lxbt.web.kit.components import Choice, Crumb, Segments
from lxbt.web.kit.person_facts import confirmed_for, facts_now
from lxbt.web.kit.sight import Sight, sight_of

PHRASES = {
    StepName.EXAMINE: (lazy("材料齐全，情况属实。"), lazy("已入户核实，情况属实。")),
    StepName.REVIEW: (
        lazy("残疾类别、等级与残联库一致，证件有效。"),
        lazy("类别或等级与残联库不符。"),
        lazy("证件已过有效期。"),
    ),
    StepName.DECIDE: (
        lazy("符合条件，同意给予补贴。"),
        lazy("家庭经济核对不符合条件。"),
        lazy("已享受同类待遇，不能重复享受。"),
    ),
    StepName.NOTICE: (lazy("公示期满，无异议。"),),
}


def case_context(
    request: OfficialRequest, application: Any, form: OpinionForm, verdicts: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The whole page of a case."""
    overrides = divisions.workday_overrides()
    month = Month.of(application.applied_on)
    procedure = rules.procedure_from(standards.parameter_value("procedure", application.county_code, month, None))
    person = registry.person(application.person_id)
    told = rights.rights_by_month(application.person_id, month, month + 1)
    computed = told[0].rights if told else {}
    asked = [row.subsidy for row in application.asked.all()]
    acts = queries.may_act(request.standing, application)
    queue = list(queries.waiting(request.standing).values_list("number", flat=True)[:200]) if acts else []
    place = queue.index(application.number) if application.number in queue else -1
    said = verdicts or {}
    sight = sight_of(request, application.division_code)
    against = {subsidy for subsidy in asked if sight.rights and subsidy in computed and computed[subsidy].reasons}
    proposed = {subsidy: proposed_verdict(application, subsidy, against=subsidy in against) for subsidy in asked}
    return {
        "application": application,
        "person": person,
        "chip": state_chip(application),
        "steps": presenters.step_line(application, procedure, today=request.today, overrides=overrides),
        "clock": clock_for(application, limits_of(procedure), request.today, overrides),
        "decisions": [decision_of(subsidy, computed[subsidy], month) for subsidy in asked if subsidy in computed]
        if sight.rights
        else [],
        "month": month,
        "facts": facts_now(request, application.person_id, month),
        "confirmed": confirmed_for(application.person_id, application.division_code, request.today),
        "recheck": next((x for x in rechecks_of(application.number) if x.differs), None),
        "papers": [
            (
                words.PAPERS.get(paper.kind, paper.kind),
                paper.pk if paper.document_id and sight.paper(paper.kind) else None,
            )
            for paper in application.papers.all()
        ],
        "paper_kinds": words.PAPERS.items(),
        "may_attach": application.state in rules.UNFINISHED
        and request.standing.may(P.ACCEPT_APPLICATIONS, application.division_code),
        "history": presenters.history(application),
        "checks": checks(application, sight),
        "form": form,
        "segments": [
            (subsidy, verdict_segments(subsidy, said.get(subsidy) or proposed.get(subsidy, ""))) for subsidy in asked
        ],
        "acts": acts,
        "can_pass": acts and application.state == State.OPEN,
        "can_complete": acts and application.state == State.RETURNED,
        "can_withdraw": application.state in rules.UNFINISHED
        and request.standing.may(P.ACCEPT_APPLICATIONS, application.division_code),
        "act_label": act_label(application, procedure),
        "phrases": PHRASES.get(StepName(application.step), ()),
        "place": place + 1,
        "queue_size": len(queue),
        "previous": queue[place - 1] if place > 0 else "",
        "following": queue[place + 1] if 0 <= place < len(queue) - 1 else "",
        "crumbs": [
            Crumb(_("待我办理") if acts else _("申请办件"), reverse("inbox" if acts else "applications")),
            Crumb(application.number),
        ],
        "channel": words.CHANNELS[application.channel],
        "agent": words.AGENTS[application.agent],
    }


def proposed_verdict(application: Any, subsidy: str, *, against: bool) -> str:
    """What is chosen beforehand: the computed answer, and nothing where those before saw it otherwise."""
    computed = "refuse" if against else "agree"
    before = {step.verdicts[subsidy] for step in application.steps.all() if (step.verdicts or {}).get(subsidy)}
    return computed if before <= {computed} else ""


def verdict_segments(subsidy: str, verdict: str) -> Segments:
    """Agree or refuse, one row for each subsidy."""
    return Segments(
        f"verdict_{subsidy}",
        str(words.SUBSIDIES_SHORT[subsidy]),
        [
            Choice("agree", _("通过"), verdict == "agree", icon="check"),
            Choice("refuse", _("不予"), verdict == "refuse", icon="x"),
        ],
        small=True,
    )


def act_label(application: Any, procedure: Any) -> str:
    """What the button does, in words: 提交，转民政审定."""
    following = (
        rules.next_step(procedure, StepName(application.step))
        if application.step in [s.name for s in procedure]
        else None
    )
    return _("提交，转%(step)s") % {"step": words.STEPS[following.name]} if following else _("提交审定结果")


def checks(application: Any, sight: Sight) -> list[tuple[bool, str, str]]:
    """(is well, sentence, where it was looked up): what could make a payment twice."""
    others = queries.unfinished_of(application.person_id).exclude(application=application).exists()
    holds = rights.subsidies_paid(application.person_id, Month.of(application.applied_on))
    held = [words.SUBSIDIES_SHORT[s] for s in words.SUBSIDIES if s in holds]
    account = registry.current_account(application.person_id) if sight.accounts else None
    found = [
        (not others, _("无在办的同类申请") if not others else _("另有在办的申请"), _("全国")),
        (
            not held,
            _("未在享受所申请的补贴") if not held else _("已在享受：%(what)s") % {"what": words.listed(held)},
            _("全国"),
        ),
    ]
    if sight.accounts:
        good = account is not None and account.state == "good"
        found.append((good, _("收款账户可用") if good else _("收款账户缺失或退过票"), _("系统")))
    return [(ok, sentence, place) for ok, sentence, place in found]
