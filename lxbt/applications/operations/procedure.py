"""Every act on an application. Each is atomic, told by whom and when, and written to the record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Permission
from lxbt.applications import queries, rules
from lxbt.applications.models import Application, Asked, Paper, Step
from lxbt.applications.rules import TRANSITIONS, Agent, Channel, State, StepName, StepSpec, Verdict
from lxbt.audit.humans import accounts_of_human
from lxbt.audit.operations import record_event
from lxbt.core.clock import beijing, beijing_day
from lxbt.core.months import Month
from lxbt.core.refusal import Refusal
from lxbt.core.transitions import move
from lxbt.core.workdays import add_workdays
from lxbt.divisions import queries as divisions
from lxbt.documents.operations import store_document
from lxbt.entitlements import queries as rights
from lxbt.entitlements.operations import grant_entitlement, renew_after_gap
from lxbt.standards import queries as standards

ANSWER = 2  # characters at least that say what was supplied on a return


class ApplicationRefused(Refusal):
    """The application cannot be taken in so."""


class NotYours(Refusal):
    """The application does not wait for this account."""


class Changed(Refusal):
    """Somebody else acted on the application since the page was opened."""


class OpinionMissing(Refusal):
    """An official must say why."""


@dataclass(frozen=True)
class Applicant:
    """Who comes, how, and with whom acting."""

    channel: Channel = Channel.WINDOW
    agent: Agent = Agent.SELF
    agent_name: str = ""
    note: str = ""


@transaction.atomic
def submit_application(
    *,
    person_id: int,
    division_code: str,
    subsidies: Iterable[str],
    applicant: Applicant,
    papers: Mapping[str, int | None],
    by: User,
    at: datetime,
    applied_on: date | None = None,
) -> Application:
    """Take an application in: it counts from the month of the day it is handed in (国发〔2015〕52号 三（三）).

    `papers`: kind of paper -> document id, or None where the paper was seen and given back.
    Raises ApplicationRefused when nothing is asked, when one of the subsidies is already drawn or applied for
    anywhere in the nation, or when the township is not the account's.
    """
    on = applied_on or beijing_day(at)
    wanted = list(dict.fromkeys(subsidies))
    if not wanted:
        raise ApplicationRefused(_("请至少选择一项补贴。"), field="subsidies")
    if not standing_of(by, on=beijing_day(at)).may(Permission.ACCEPT_APPLICATIONS, division_code):
        raise ApplicationRefused(_("户籍不在您的辖区，请引导到户籍地乡镇（街道）办理。"))
    if applicant.agent != Agent.SELF and not applicant.agent_name.strip():
        raise ApplicationRefused(_("由他人代办时，请填写代办人姓名。"), field="agent_name")
    county = divisions.county_of(division_code)
    if county is None:
        raise ApplicationRefused(_("该乡镇（街道）没有对应的县级审定机关，请联系系统管理员。"))
    if any(rights.is_entitled(person_id, subsidy, Month.of(on)) for subsidy in wanted):
        raise ApplicationRefused(_("此人已在享受所选补贴，不用重复申请。"), field="subsidies")
    procedure = _procedure(county.code, on)
    first = procedure[0]
    due = add_workdays(on, first.days, divisions.workday_overrides())
    application = Application(
        number="",
        person_id=person_id,
        division_code=division_code,
        county_code=county.code,
        step=first.name,
        step_since=on,
        due_on=due,
        applied_on=on,
        channel=applicant.channel,
        agent=applicant.agent,
        agent_name=applicant.agent_name.strip(),
        note=applicant.note.strip(),
        accepted_by_id=by.pk,
    )
    application.save()
    application.number = f"{county.code[:6]}-{on:%Y%m}-{application.pk:07d}"
    application.save(update_fields=["number"])
    try:
        with transaction.atomic():
            Asked.objects.bulk_create(
                [Asked(application=application, person_id=person_id, subsidy=subsidy) for subsidy in wanted]
            )
    except IntegrityError:
        raise ApplicationRefused(
            _("此人已有同类申请正在办理，请到“申请办件”查看，不用重复提交。"), field="subsidies"
        ) from None
    Paper.objects.bulk_create(
        [Paper(application=application, kind=kind, document_id=document) for kind, document in papers.items()]
    )
    Step.objects.create(
        application=application, name="accept", limit_days=1, started_on=on, due_on=on, act="accept", **_done(by, at)
    )
    _begin(application, first, on, due)
    _record(application, "application.submitted", by, {"subsidies": wanted, "channel": applicant.channel})
    return application


@transaction.atomic
def pass_step(
    *, number: str, version: int, verdicts: Mapping[str, str], opinion: str, by: User, at: datetime
) -> Application:
    """Finish the step that the application waits at; the last step ends the procedure and, on a grant, writes the
    ledger.

    `verdicts`: subsidy -> agree | refuse, for every subsidy asked for. A refusal needs an opinion.
    """
    application = _locked(number, version, by, at)
    asked = list(application.asked.all())
    said = {
        row.subsidy: Verdict(verdicts.get(row.subsidy, "")) if verdicts.get(row.subsidy) in set(Verdict) else None
        for row in asked
    }
    if application.step != StepName.NOTICE and None in said.values():
        raise OpinionMissing(_("请对每一项补贴给出结论。"), field="verdicts")
    if Verdict.REFUSE in said.values() and not opinion.strip():
        raise OpinionMissing(_("不予通过时，请写明意见，会写入告知书。"), field="opinion")
    _one_official_one_step(application, by)
    procedure = _procedure(application.county_code, application.applied_on)
    deciding = application.step == StepName.DECIDE
    if deciding:
        _write_decision(application, asked, {k: v for k, v in said.items() if v}, beijing_day(at))
    following = rules.next_step(procedure, StepName(application.step))
    nothing_left = deciding and Verdict.AGREE not in said.values()
    act = (
        "pass"
        if following and not nothing_left
        else rules.outcome({row.subsidy: Verdict(row.verdict) for row in asked if row.verdict})
    )
    _finish_step(application, act, by, at, opinion, {k: v for k, v in said.items() if v})
    application.state = move(TRANSITIONS, State(application.state), act, sentence=_("这件申请已经办结。"))
    if act == "pass" and following:
        _move_to(application, following, beijing_day(at))
    else:
        _end(application, asked, by, at)
    _record(
        application,
        f"application.{ {'pass': 'passed', 'grant': 'granted', 'refuse': 'refused'}[act] }",
        by,
        {"verdicts": said, "step": application.step},
    )
    return application


@transaction.atomic
def return_application(*, number: str, version: int, opinion: str, by: User, at: datetime) -> Application:
    """Send the application back to its township for completion; the clock stops until then."""
    application = _locked(number, version, by, at)
    if not opinion.strip():
        raise OpinionMissing(_("退回时请一次写清需要补正什么。"), field="opinion")
    application.state = move(
        TRANSITIONS, State(application.state), "return", sentence=_("只有办理中的申请可以退回补正。")
    )
    _finish_step(application, "return", by, at, opinion, {})
    application.due_on = None
    _bump(application)
    _record(application, "application.returned", by, {"step": application.step})
    return application


@transaction.atomic
def complete_application(*, number: str, version: int, opinion: str, by: User, at: datetime) -> Application:
    """The township has completed it: it goes back to the step that returned it, with that step's full time.

    OpinionMissing without saying what was supplied: whoever returned it asked for something.
    """
    application = _locked(number, version, by, at)
    if len(opinion.strip()) < ANSWER:
        raise OpinionMissing(
            _("请写明补正了什么（至少 %(n)d 个字），或先上传补来的材料再写明。") % {"n": ANSWER}, field="opinion"
        )
    application.state = move(TRANSITIONS, State(application.state), "complete", sentence=_("这件申请没有等待补正。"))
    Step.objects.create(
        application=application,
        name="complete",
        limit_days=0,
        started_on=beijing_day(at),
        due_on=beijing_day(at),
        act="complete",
        opinion=opinion.strip(),
        **_done(by, at),
    )
    spec = next(
        (s for s in _procedure(application.county_code, application.applied_on) if s.name == application.step),
        StepSpec(StepName(application.step), 5),
    )
    _move_to(application, spec, beijing_day(at))
    _record(application, "application.completed", by, {"step": application.step})
    return application


@transaction.atomic
def withdraw_application(*, number: str, version: int, opinion: str, by: User, at: datetime) -> Application:
    """The applicant takes it back; the township clerk writes down why."""
    application = _find(number, version)
    if not standing_of(by, on=beijing_day(at)).may(Permission.ACCEPT_APPLICATIONS, application.division_code):
        raise NotYours(_("撤回由受理的乡镇（街道）办理。"))
    if not opinion.strip():
        raise OpinionMissing(_("请写明撤回的原因。"), field="opinion")
    application.state = move(TRANSITIONS, State(application.state), "withdraw", sentence=_("已办结的申请不能撤回。"))
    if application.steps.filter(finished_at__isnull=True).exists():
        _finish_step(application, "withdraw", by, at, opinion, {})
    else:
        Step.objects.create(
            application=application,
            name=application.step,
            limit_days=0,
            started_on=beijing_day(at),
            due_on=beijing_day(at),
            act="withdraw",
            opinion=opinion.strip(),
            **_done(by, at),
        )
    _end(application, list(application.asked.all()), by, at)
    _record(application, "application.withdrawn", by, {})
    return application


def _find(number: str, version: int) -> Application:
    application = Application.objects.select_for_update().filter(number=number).first()
    if application is None:
        raise NotYours(_("没有这件申请，或不在您的辖区。"))
    application.as_read = {"state": application.state, "step": application.step, "due_on": application.due_on}
    if application.version != version:
        raise Changed(_what_changed(application))
    return application


def _what_changed(application: Application) -> str:
    """Who acted meanwhile and when, so that one can ask."""
    last = application.steps.filter(finished_at__isnull=False).order_by("-finished_at", "-pk").first()
    if last is None or last.finished_at is None:
        return _("这件申请刚被他人办理过，请看过最新情况再办。您写的意见还在。")
    return _("这件申请刚由 %(who)s 于 %(when)s 办理过，请看过最新情况再办。您写的意见还在。") % {
        "who": last.by_name,
        "when": f"{beijing(last.finished_at):%m-%d %H:%M}",
    }


def _locked(number: str, version: int, by: User, at: datetime) -> Application:
    application = _find(number, version)
    if not queries.may_act(standing_of(by, on=beijing_day(at)), application):
        raise NotYours(_("这件申请现在不由您办理。"))
    return application


def _one_official_one_step(application: Application, by: User) -> None:
    """Who passed one step of a case does not pass another: examining, reviewing and deciding are three persons.

    Closing the public notice says only that its days have passed, so a township with one clerk may do both.
    """
    if application.step == StepName.NOTICE:
        return
    passed = application.steps.filter(by_id__in=accounts_of_human(by.pk), act="pass")
    if passed.exclude(name__in=[application.step, StepName.NOTICE]).exists():
        raise NotYours(_("您已办理过这件申请的前一环节，须由另一人办理本环节。"))


def _procedure(county_code: str, on: date) -> tuple[StepSpec, ...]:
    return rules.procedure_from(standards.parameter_value("procedure", county_code, Month.of(on), None))


def _done(by: User, at: datetime) -> dict[str, Any]:
    return {
        "finished_at": at,
        "finished_on": beijing_day(at),
        "by_id": by.pk,
        "by_name": by.name,
        "place_code": by.place_code,
    }


def _begin(application: Application, spec: StepSpec, on: date, due: date) -> None:
    Step.objects.create(application=application, name=spec.name, limit_days=spec.days, started_on=on, due_on=due)


def _move_to(application: Application, spec: StepSpec, on: date) -> None:
    due = add_workdays(on, spec.days, divisions.workday_overrides())
    application.step, application.step_since, application.due_on = spec.name, on, due
    _begin(application, spec, on, due)
    _bump(application)


def _bump(application: Application) -> None:
    application.version += 1
    application.save()


def _finish_step(
    application: Application, act: str, by: User, at: datetime, opinion: str, verdicts: Mapping[str, str]
) -> None:
    step = application.steps.get(finished_at__isnull=True)
    for name, value in _done(by, at).items():
        setattr(step, name, value)
    step.act, step.opinion, step.verdicts = act, opinion.strip(), dict(verdicts)
    step.save()


def _write_decision(application: Application, asked: list[Asked], said: Mapping[str, Verdict], on: date) -> None:
    """Keep, beside the verdict, what the rules gave on that day."""
    month = Month.of(application.applied_on)
    told = rights.rights_by_month(application.person_id, month, month + 1)
    for row in asked:
        right = told[0].rights[row.subsidy]
        row.verdict = said[row.subsidy]
        row.amount = right.amount if row.verdict == Verdict.AGREE else Decimal(0)
        row.reasons = [{"code": reason.code, "basis": reason.basis} for reason in right.reasons]
        row.save(update_fields=["verdict", "amount", "reasons"])


def _end(application: Application, asked: list[Asked], by: User, at: datetime) -> None:
    application.ended_on, application.due_on = beijing_day(at), None
    _bump(application)
    Asked.objects.filter(application=application).update(unfinished=False)
    if application.state != State.GRANTED:
        return
    applied = Month.of(application.applied_on)
    since = rights.first_month_of(application.division_code, applied=applied, decided=Month.of(beijing_day(at)))
    for row in asked:
        if row.verdict == Verdict.AGREE:
            renew_after_gap(person_id=application.person_id, applied=applied, by=by)
            grant_entitlement(
                person_id=application.person_id,
                subsidy=row.subsidy,
                since=since,
                basis=f"application {application.number}",
                by=by,
                on=beijing_day(at),
            )


def _record(application: Application, action: str, by: User, details: Mapping[str, Any]) -> None:
    record_event(
        by=by,
        action=action,
        subject_kind="application",
        subject_id=application.number,
        person_id=application.person_id,
        division_code=application.division_code,
        details={"version": application.version, **details},
        changes={
            name: (application.as_read.get(name), getattr(application, name)) for name in ("state", "step", "due_on")
        },
    )


@transaction.atomic
def attach_paper(*, number: str, kind: str, content: bytes, by: User, at: datetime) -> Paper:
    """Add the scan of a paper to an unfinished application; a scan of the same kind replaces the one before."""
    application = Application.objects.select_for_update().filter(number=number, state__in=rules.UNFINISHED).first()
    if application is None or not standing_of(by, on=beijing_day(at)).may(
        Permission.ACCEPT_APPLICATIONS, application.division_code
    ):
        raise NotYours(_("只有受理的乡镇（街道）可以为未办结的申请补传材料。"))
    stored = store_document(
        content=content, person_id=application.person_id, division_code=application.division_code, by=by
    )
    paper, _made = Paper.objects.update_or_create(
        application=application, kind=kind[:24], defaults={"document_id": stored.pk}
    )
    return paper
