"""Bodies that only answer questions: the recipients of an area are asked for batch by batch, and whoever is on the list
is kept.

A round is cut into batches once; each is asked until it is answered, so an interrupted round goes on where it was. Who
is in a batch stands in no table: it is the range of persons from one to another. When all are answered the list counts,
and what an earlier round said is withdrawn.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from lxbt.audit.operations import record_event
from lxbt.core.months import Month
from lxbt.core.refusal import Refusal
from lxbt.divisions.rules import covers
from lxbt.entitlements import queries as entitlements
from lxbt.exchange import queries
from lxbt.exchange.client import NoAnswer, SaysNo
from lxbt.exchange.models import AskedBatch, Asking, Partner, Sending
from lxbt.exchange.operations.sending import LinkDown, ask, note_failure, queue_sending
from lxbt.exchange.rules import list_records as lr
from lxbt.exchange.rules import requests as r
from lxbt.exchange.rules.envelope import Fault
from lxbt.matching.operations.lists import close_list, open_list, take_list_rows, withdraw_list
from lxbt.matching.queries.watch import lists_of_sender
from lxbt.matching.rules.lists import LISTS, ListRow, ToldRecord
from lxbt.registry.queries.numbers import numbers_in_full
from lxbt.registry.rules import IDENTITY

BATCH = 500  # persons in one message
PATIENCE = timedelta(hours=1)  # an answer that has not come by then is asked for again
CHANNEL = "question"


class AskingRefused(Refusal):
    """Nobody can be asked for this list, or not for this area."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a round is: batches answered and in all, persons asked for, persons found; why it stands still, if it
    does.
    """

    answered: int
    batches: int
    persons: int
    found: int
    why: str = ""

    @property
    def finished(self) -> bool:
        """Whether every batch is answered."""
        return self.answered == self.batches


def who_answers(kind: str, area: str, sender_id: str = "") -> Partner:
    """The body to be asked for a list; AskingRefused says who is missing, or that there are several."""
    if kind not in LISTS:
        raise AskingRefused(_("没有“%(kind)s”这种名单。可用：%(all)s") % {"kind": kind, "all": "、".join(LISTS)})
    asked = [
        partner
        for partner in queries.listers()
        if partner.answers
        and kind in partner.lists
        and sender_id in ("", partner.sender_id)
        and any(covers(one, area) for one in partner.areas)
    ]
    if not asked:
        raise AskingRefused(
            _("没有登记可以查询“%(list)s”的单位，请先执行 lxbt exchange lister。") % {"list": LISTS[kind].title}
        )
    if len(asked) > 1:
        names = "、".join(partner.sender_id for partner in asked)
        raise AskingRefused(
            _("可以查询“%(list)s”的单位不止一个（%(names)s），请用 --sender-id 指定。")
            % {"list": LISTS[kind].title, "names": names}
        )
    return asked[0]


@transaction.atomic
def start_asking(
    *, partner: Partner, kind: str, area: str, month: Month, at: datetime, on: date, by: Any = None
) -> Asking:
    """Begin a round, or give the one that is not finished. Its batches are cut here, once."""
    Partner.objects.select_for_update().get(pk=partner.pk)  # two at the same moment begin one round
    held = Asking.objects.filter(partner=partner, kind=kind, area=area, finished_at__isnull=True).first()
    if held is not None:
        return held
    entry = open_list(
        kind=kind,
        division_code=area,
        received_on=on,
        as_of=on,
        source=partner.name,
        channel=CHANNEL,
        sender=partner.sender_id,
        by=by,
    )
    made = Asking.objects.create(
        partner=partner, kind=kind, area=area, month=month.first, list_id=entry.pk, started_at=at
    )
    cuts = [
        AskedBatch(asking=made, number=number, first_person=first, last_person=last, persons=count)
        for number, (first, last, count) in enumerate(_cuts(area, month), start=1)
    ]
    AskedBatch.objects.bulk_create(cuts, batch_size=5000)
    made.batches, made.persons = len(cuts), sum(cut.persons for cut in cuts)
    made.save(update_fields=["batches", "persons"])
    record_event(
        by=by,
        action="exchange.asking",
        subject_kind="partner",
        subject_id=partner.sender_id,
        division_code=area,
        details={"list": kind, "month": str(month), "batches": made.batches, "persons": made.persons},
    )
    return made


def _recipients(area: str, month: Month, within: Q | None = None) -> Any:
    rows = entitlements.periods_in_month(month).filter(queries.in_area(area, "person__division_code"))
    if within is not None:
        rows = rows.filter(within)
    return rows.order_by("person_id").values_list("person_id", flat=True).distinct()


def _cuts(area: str, month: Month) -> Iterator[tuple[int, int, int]]:
    """First person, last person and how many, for each batch."""
    first = last = count = 0
    for person_id in _recipients(area, month).iterator(chunk_size=10_000):
        if not count:
            first = person_id
        last, count = person_id, count + 1
        if count == BATCH:
            yield first, last, count
            count = 0
    if count:
        yield first, last, count


def ask_on(*, asking_id: int, clock: Callable[[], datetime], on: date, limit: int = 1_000_000) -> Iterator[Progress]:
    """Ask the batches of a round that are not answered, up to so many; yields after each how far it is.

    Where the line is interrupted it stops: what is not answered is asked the next time. A lost or broken answer is
    asked for again at once, until the breaker says that the line is down.
    """
    asking = Asking.objects.select_related("partner").get(pk=asking_id)
    due = Q(state="waiting") | Q(state="asked", asked_at__lt=clock() - PATIENCE)
    for pk in list(
        AskedBatch.objects.filter(due, asking=asking).order_by("number").values_list("pk", flat=True)[:limit]
    ):
        while True:
            try:
                _ask_one(asking, pk, clock, on)
                break
            except NoAnswer:
                continue  # the breaker counts; LinkDown ends it
            except (LinkDown, SaysNo) as error:
                yield progress_of(asking, why=str(error))
                return
        yield progress_of(asking)
    finish_asking(asking_id=asking_id, at=clock(), on=on)
    yield progress_of(asking)


def _ask_one(asking: Asking, pk: int, clock: Callable[[], datetime], on: date) -> None:
    """Ask one batch: answered at once, or later by a callback.

    The question is not in a transaction that waits for the answer.
    """
    batch, at = AskedBatch.objects.get(pk=pk), clock()
    within = Q(person_id__gte=batch.first_person, person_id__lte=batch.last_person)
    held = numbers_in_full(list(_recipients(asking.area, Month.of(asking.month), within)), [IDENTITY])
    numbers = [told[IDENTITY] for _person, told in sorted(held.items()) if IDENTITY in told]
    transaction_id = str(uuid.uuid4())
    if not numbers:
        AskedBatch.objects.filter(pk=pk).update(state="answered", persons=0, asked_at=at, answered_at=at)
        return
    message = question(asking.kind, numbers, transaction_id, at)
    asked = {"transaction_id": transaction_id, "persons": len(numbers), "asked_at": at, "attempts": batch.attempts + 1}
    if asking.partner.answers == "later":
        with transaction.atomic():
            AskedBatch.objects.filter(pk=pk).exclude(state="answered").update(state="asked", **asked)
            address = f"{asking.partner.base_url}/registry/search"
            queue_sending(
                partner=asking.partner,
                action="search",
                url=address,
                message=message,
                status="",
                transaction_id=transaction_id,
                correlation_id="",
                at=at,
            )
        return
    AskedBatch.objects.filter(pk=pk).exclude(state="answered").update(**asked)
    answer = ask(
        partner=asking.partner, path="sync/search", action="search", message=message, at=at, count=len(numbers)
    )
    try:
        with transaction.atomic():
            _take(batch_id=pk, asked=numbers, answer=answer, at=clock(), on=on)
    except Fault as fault:
        note_failure(partner=asking.partner, why=str(fault), at=at)
        raise NoAnswer("half an answer, or one of wrong form") from None


def question(kind: str, numbers: Sequence[str], transaction_id: str, at: datetime) -> dict[str, Any]:
    """The message that asks whether these persons are on a list: one question for each, all in one envelope."""
    asked = [
        (str(n + 1), "idtype-value", {"type": lr.IDENTITY_TYPE, "value": number}) for n, number in enumerate(numbers)
    ]
    return r.search(transaction_id, asked, at, reg_type=f"{lr.REG_TYPE}:{kind}", record_type=lr.RECORD_TYPE)


def take_answer(
    *, partner: Partner, transaction_id: str, message: Mapping[str, Any], at: datetime, on: date
) -> dict[str, Any]:
    """Take an answer that came later, in the caller's transaction; empty when it answers nothing that is open."""
    batch = AskedBatch.objects.filter(asking__partner=partner, transaction_id=transaction_id, state="asked").first()
    sent = Sending.objects.filter(partner=partner, transaction_id=transaction_id, action="search").first()
    if batch is None or sent is None or sent.body is None:
        return {}
    asked = [one["search_criteria"]["query"]["value"] for one in sent.opened()["message"]["search_request"]]
    counts = _take(batch_id=batch.pk, asked=asked, answer=message, at=at, on=on)
    finish_asking(asking_id=batch.asking_id, at=at, on=on)
    return counts


def _take(*, batch_id: int, asked: Sequence[str], answer: Mapping[str, Any], at: datetime, on: date) -> dict[str, int]:
    """Keep the hits of an answer, once.

    Fault where a question is left out or answered twice, or somebody is told who was not asked for.
    """
    batch = AskedBatch.objects.select_for_update(of=("self",)).select_related("asking__partner").get(pk=batch_id)
    if batch.state == "answered":
        return {"same": 1}
    rows = rows_of_answer(batch.asking, asked, answer, on)
    if rows:
        assert batch.asking.list_id is not None
        take_list_rows(list_id=batch.asking.list_id, rows=rows, on=on, asked_at=batch.asked_at, answered_at=at)
    found = len({row.identity_number for row in rows})
    AskedBatch.objects.filter(pk=batch_id).update(state="answered", answered_at=at, found=found)
    return {"asked": len(asked), "found": found}


def rows_of_answer(asking: Asking, asked: Sequence[str], answer: Mapping[str, Any], on: date) -> list[ListRow]:
    """The rows of a list that an answer tells."""
    answers = {str(one["reference_id"]): one for one in r.read_answers(answer)}
    if set(answers) != {str(n + 1) for n in range(len(asked))}:
        raise Fault("message.search_response", "must answer each question, and no other")
    rows = []
    for number, person in enumerate(asked, start=1):
        told = answers[str(number)]
        if told["status"] != "succ":
            raise Fault(
                f"message.search_response[{number}]",
                f"was not answered: {str(told.get('status_reason_code', 'rjct'))[:60]}",
            )
        data = told.get("data")
        for record in r.records_in(
            data.get("reg_records", {}) if isinstance(data, Mapping) else {}, f"answer {number}"
        ):
            found = lr.read_record(
                {"list": asking.kind, "division_code": asking.area} | record, [asking.area], on, f"answer {number}"
            )
            if not isinstance(found, ToldRecord) or found.kind != asking.kind or found.row.identity_number != person:
                raise Fault(f"answer {number}", "tells of another list, or of somebody else")
            rows.append(found.row)
    return rows


@transaction.atomic
def finish_asking(*, asking_id: int, at: datetime, on: date) -> bool:
    """End a round whose batches are all answered: its list counts, and that of the round before is withdrawn."""
    asking = Asking.objects.select_for_update(of=("self",)).select_related("partner").get(pk=asking_id)
    if asking.finished_at is not None or AskedBatch.objects.filter(asking=asking).exclude(state="answered").exists():
        return False
    sums = AskedBatch.objects.filter(asking=asking).aggregate(persons=Sum("persons"), found=Sum("found"))
    asking.persons, asking.found, asking.finished_at = sums["persons"] or 0, sums["found"] or 0, at
    asking.save(update_fields=["persons", "found", "finished_at"])
    assert asking.list_id is not None
    close_list(list_id=asking.list_id, by=None, on=on)
    for held in lists_of_sender(asking.partner.sender_id, asking.kind, asking.area, CHANNEL):
        if held.pk != asking.list_id:
            withdraw_list(list_id=held.pk, by=None, on=on, reason="asked anew")
    record_event(
        by=None,
        action="exchange.asked",
        subject_kind="partner",
        subject_id=asking.partner.sender_id,
        division_code=asking.area,
        details={"list": asking.kind, "batches": asking.batches, "persons": asking.persons, "found": asking.found},
    )
    return True


def progress_of(asking: Asking, why: str = "") -> Progress:
    """How far a round is."""
    rows = AskedBatch.objects.filter(asking_id=asking.pk)
    sums = rows.aggregate(persons=Sum("persons"), found=Sum("found"))
    return Progress(
        rows.filter(state="answered").count(), asking.batches, sums["persons"] or 0, sums["found"] or 0, why
    )


def start_month(*, at: datetime, on: date) -> int:
    """Begin the rounds of a month: each body that answers questions is asked for each of its lists and areas; gives how
    many are open.
    """
    month, begun = Month.of(on).back(1), 0
    for partner in queries.listers():
        for kind in partner.lists if partner.answers else ():
            for area in partner.areas:
                held = Asking.objects.filter(partner=partner, kind=kind, area=area).order_by("-pk").first()
                if held is None or held.month < month.first or held.finished_at is None:
                    begun += start_asking(partner=partner, kind=kind, area=area, month=month, at=at, on=on).pk > 0
    return begun


def keep_asking(*, clock: Callable[[], datetime], on: date, limit: int = 40) -> int:
    """Go on with the rounds that are open, a few batches each; gives how many batches are answered of them in all."""
    answered = 0
    for pk in (
        Asking.objects.filter(finished_at__isnull=True, partner__closed_at__isnull=True)
        .order_by("pk")
        .values_list("pk", flat=True)
    ):
        told = list(ask_on(asking_id=pk, clock=clock, on=on, limit=limit))
        answered += told[-1].answered if told else 0
    return answered
