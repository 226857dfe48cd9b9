"""Did the exercise come out right? One question over the tables for each; what was clicked on the way does not matter.

Asked inside `world()`, where nothing but practice is in sight; still each looks only into the attempt's own county and,
where a person must have acted, for the trainee's own hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from lxbt.applications.models import Application, Asked, Paper, Step
from lxbt.divisions.rules import span
from lxbt.matching.models import Proof, Suspicion
from lxbt.payments.models import Batch
from lxbt.registry.models import BankAccount, Person
from lxbt.registry.queries import person_by_identifier
from lxbt.registry.rules import IDENTITY
from lxbt.standards.models import Standard
from lxbt.support.models import Attempt


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, in words, and whether it is right."""

    text: str
    ok: bool


def _applications(attempt: Attempt) -> dict[str, Application]:
    """The applications of the county, by the applicant's name."""
    low, high = span(attempt.county_code)
    rows = Application.objects.filter(division_code__gte=low, division_code__lt=high).order_by("pk")
    names = dict(Person.objects.filter(pk__in=[row.person_id for row in rows]).values_list("pk", "name"))
    return {names.get(row.person_id, ""): row for row in rows}


def _acts(attempt: Attempt, application: Application | None) -> list[Step]:
    """What the trainee did on an application."""
    return (
        list(Step.objects.filter(application=application, by_id=attempt.user_id).order_by("pk")) if application else []
    )


def _clerk_apply(attempt: Attempt) -> list[Finding]:
    person = person_by_identifier(IDENTITY, attempt.given["identity_number"])
    found = (
        Application.objects.filter(person_id=person.pk, accepted_by_id=attempt.user_id).order_by("-pk").first()
        if person
        else None
    )
    asked = set(Asked.objects.filter(application=found).values_list("subsidy", flat=True)) if found else set()
    papers = set(Paper.objects.filter(application=found).values_list("kind", flat=True)) if found else set()
    account = BankAccount.objects.filter(person_id=person.pk, until__isnull=True).first() if person else None
    return [
        Finding(_("张练习的申请由您受理"), found is not None),
        Finding(_("两项补贴都申请了"), asked == {"living", "care"}),
        Finding(_("收了身份证和残疾人证"), {"id_card", "certificate"} <= papers),
        Finding(
            _("账户是题目给的那个"),
            account is not None and account.account_number == attempt.given["account_number"],
        ),
    ]


def _clerk_return(attempt: Attempt) -> list[Finding]:
    application = _applications(attempt).get("李练习")
    acts = _acts(attempt, application)
    returned = next((step for step in acts if step.act == "return"), None)
    completed = next(
        (step for step in acts if step.act == "complete" and returned is not None and step.pk > returned.pk), None
    )
    return [
        Finding(_("李练习的申请退回过补正"), returned is not None),
        Finding(
            _("退回的意见写明了缺残疾人证"),
            returned is not None and ("残疾人证" in returned.opinion or "certificate" in returned.opinion.lower()),
        ),
        Finding(
            _("补齐后送回了原环节"), completed is not None and application is not None and application.state == "open"
        ),
    ]


def _account_is_given(attempt: Attempt, name: str) -> list[Finding]:
    low, high = span(attempt.county_code)
    person = Person.objects.filter(name=name, division_code__gte=low, division_code__lt=high).first()
    account = BankAccount.objects.filter(person_id=person.pk, until__isnull=True).first() if person else None
    return [
        Finding(_("账户由您更正过"), account is not None and account.recorded_by_id == attempt.user_id),
        Finding(
            _("账号是题目给的那个"),
            account is not None and account.account_number == attempt.given["account_number"],
        ),
        Finding(_("户名是他本人"), account is not None and account.holder == name),
    ]


def _clerk_account(attempt: Attempt) -> list[Finding]:
    return _account_is_given(attempt, "王练习")


def _officer_correct(attempt: Attempt) -> list[Finding]:
    return _account_is_given(attempt, "孙练习")


def _verifier_visit(attempt: Attempt) -> list[Finding]:
    case = Suspicion.objects.filter(county_code=attempt.county_code).order_by("pk").first()
    return [
        Finding(
            _("上传了照片或证明"),
            case is not None and Proof.objects.filter(suspicion=case, added_by_id=attempt.user_id).exists(),
        ),
        Finding(
            _("结论由您提交县民政复核"),
            case is not None and case.concluded_by_id == attempt.user_id and case.state == "concluded",
        ),
        Finding(_("结论是不属实：他本人开的门"), case is not None and case.outcome == "false"),
    ]


def _reviewer_pass(attempt: Attempt) -> list[Finding]:
    application = _applications(attempt).get("张练习")
    acts = _acts(attempt, application)
    passed = next((step for step in acts if step.act == "pass"), None)
    return [
        Finding(_("张练习的申请由您审核"), passed is not None),
        Finding(_("写了意见"), passed is not None and bool(passed.opinion)),
        Finding(_("两项都通过，转到了民政审定"), application is not None and application.step == "decide"),
    ]


def _decider_decide(attempt: Attempt) -> list[Finding]:
    applications = _applications(attempt)
    good, bad = applications.get("张练习"), applications.get("赵练习")
    verdicts = {
        (row.application_id, row.subsidy): row.verdict
        for row in Asked.objects.filter(application__in=[one for one in (good, bad) if one])
    }
    refused = [step for step in _acts(attempt, bad) if step.act in ("pass", "refuse") and step.opinion]
    return [
        Finding(
            _("张练习的两项由您审定通过"), good is not None and good.state == "granted" and bool(_acts(attempt, good))
        ),
        Finding(
            _("赵练习的护理补贴不予"),
            bad is not None and bad.state == "refused" and verdicts.get((bad.pk, "care")) == "refuse",
        ),
        Finding(_("不予的意见写明了为什么"), bool(refused)),
    ]


def _officer_draw(attempt: Attempt) -> list[Finding]:
    batch = (
        Batch.objects.filter(payer_code=attempt.county_code, drawn_by_id=attempt.user_id)
        .exclude(state="returned")
        .order_by("-pk")
        .first()
    )
    return [
        Finding(_("批次由您编制"), batch is not None),
        Finding(_("月份是题目给的那个月"), batch is not None and f"{batch.month:%Y-%m}" == attempt.given["month"]),
        Finding(_("三个人的两项都在里面，合计 660.00 元"), batch is not None and batch.total == Decimal(660)),
    ]


def _approver_approve(attempt: Attempt) -> list[Finding]:
    batch = Batch.objects.filter(payer_code=attempt.county_code).exclude(state="returned").order_by("pk").first()
    return [
        Finding(
            _("批次由您复核并锁定"),
            batch is not None and batch.approved_by_id == attempt.user_id and batch.state == "approved",
        )
    ]


def _drafter_draft(attempt: Attempt) -> list[Finding]:
    row = (
        Standard.objects.filter(division_code=attempt.county_code, drafted_by_id=attempt.user_id)
        .order_by("-pk")
        .first()
    )
    return [
        Finding(_("练习县有您起草的一行"), row is not None),
        Finding(
            _("是护理补贴，每月 150 元"),
            row is not None and row.subsidy == "care" and Decimal(str(row.amount.get("fixed", "0"))) == 150,
        ),
        Finding(_("发给一级和二级"), row is not None and sorted(row.conditions.get("grade", [])) == [1, 2]),
        Finding(_("依据是题目给的文号"), row is not None and row.document_number.strip() == attempt.given["document"]),
    ]


CHECKS: dict[str, Callable[[Attempt], list[Finding]]] = {
    "clerk_apply": _clerk_apply,
    "clerk_return": _clerk_return,
    "clerk_account": _clerk_account,
    "verifier_visit": _verifier_visit,
    "reviewer_pass": _reviewer_pass,
    "decider_decide": _decider_decide,
    "officer_draw": _officer_draw,
    "officer_correct": _officer_correct,
    "approver_approve": _approver_approve,
    "drafter_draft": _drafter_draft,
}
