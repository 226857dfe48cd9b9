"""Playing a story over months through the real operations, for `lxbt replay`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth import get_user_model
from django.db import connection, transaction

from lxbt.accounts.operations.appointing import give
from lxbt.cases.money import MoneySteps
from lxbt.cases.story import Draw, Played, Step, read_story
from lxbt.core import reading
from lxbt.core.months import Month
from lxbt.core.profile import (
    EVENTS,
    KEYS,
    SUBSIDIES,
    TIMELINE_KEYS,
    read_certificate,
    read_profile,
    read_value,
)
from lxbt.core.reading import Unreadable
from lxbt.divisions.models import Division
from lxbt.divisions.rules import ancestors
from lxbt.entitlements.operations import grant_entitlement, renew_certificate, settle_custody
from lxbt.entitlements.queries import first_month_of
from lxbt.payments.operations import Pricer
from lxbt.payments.operations.draw import AHEAD, MOST_AHEAD
from lxbt.registry.models import Person
from lxbt.registry.operations import forget_certificates, record_certificate, record_facts, register_person, set_account
from lxbt.registry.operations.areas import Wanted, change_area
from lxbt.registry.rules.sources import VERIFIED
from lxbt.standards.operations import (
    draft_standard,
    load_scheme,
    publish_standard,
    record_dibao_standard,
    set_parameter,
)
from lxbt.standards.rules.rows import read_dibao, read_standard
from lxbt.standards.rules.scheme import Scheme

__all__ = ["Draw", "Played", "Step", "play", "read_story"]


def play(scheme: Scheme, division: str | None, steps: list[Step]) -> Played:
    """Play a story in the current database inside one transaction that is rolled back: nothing stays."""
    with transaction.atomic():
        try:
            told = _Stage(scheme, division, steps).run()
            with connection.cursor() as cursor:
                cursor.execute("set constraints all immediate")
            return told
        finally:
            transaction.set_rollback(True)


STORY = "as the story tells"  # the document of what a story publishes


@dataclass
class _Stage(MoneySteps):
    scheme: Scheme
    division: str | None
    steps: list[Step]
    persons: dict[str, int] = field(default_factory=dict)
    applications: dict[str, list[tuple[Month, list[str]]]] = field(default_factory=dict)
    played: Played = field(default_factory=Played)

    def run(self) -> Played:
        users = get_user_model().objects
        self.one, self.other = (
            users.create(username=f"replay.{name}", name=name, organ="civil_affairs", place_code="0" * 12)
            for name in ("one", "other")
        )
        first = min((step.day for step in self.steps), default=date(2016, 1, 1))
        load_scheme(
            standards=self.scheme.standards,
            dibao=self.scheme.dibao,
            parameters=self.scheme.parameters,
            by=None,
            on=first,
        )
        self._allow(first)
        self.pricer = Pricer()
        for step in self.steps:
            getattr(self, f"_{step.act}")(step)
        return self.played

    def _allow(self, first: date) -> None:
        """The roles of the two persons; and a story may draw a month before it has come."""
        for user, roles in (
            (self.one, ["payment_officer", "standard_drafter"]),
            (self.other, ["payment_approver", "standard_publisher"]),
        ):
            give(user, roles, "0" * 12, right=None, until=None, by=None, on=first)
        set_parameter(
            division_code="0" * 12,
            name=AHEAD,
            value=MOST_AHEAD,
            since=None,
            drafted_by=self.one,
            by=self.other,
            on=first,
        )

    def _told(self, step: Step, *keys: str) -> Mapping[str, object]:
        return reading.mapping(step.said, f"{step.where}.{step.act}", keys)

    def _person(self, said: Mapping[str, object], step: Step) -> tuple[str, int]:
        name = str(reading.required(said, "person", f"{step.where}.{step.act}"))
        if name not in self.persons:
            raise Unreadable(f"{step.where}.{step.act}.person", f"此前没有 {name} 的申请")
        return name, self.persons[name]

    def _apply(self, step: Step) -> None:
        said = self._told(step, "person", "subsidies", "profile")
        where = f"{step.where}.apply"
        name = str(reading.required(said, "person", where))
        asked = list(reading.choices(reading.required(said, "subsidies", where), f"{where}.subsidies", SUBSIDIES))
        raw = reading.mapping(said.get("profile") or {}, f"{where}.profile", KEYS)
        for key, value in raw.items():
            read_value(key, value, f"{where}.profile.{key}")
        month = Month.of(step.day)
        if name in self.persons:
            self._learn(self.persons[name], raw, month, step.day)
        else:
            self.persons[name] = self._register(name, raw, where, step.day)
        self.applications.setdefault(name, []).append((month, asked))

    def _register(self, name: str, raw: Mapping[str, object], where: str, day: date) -> int:
        profile = read_profile(raw, f"{where}.profile")
        self._place(profile.division)
        person = register_person(
            name=name,
            sex=profile.sex or "male",
            birth=profile.birth or date(2000, 1, 1),
            division_code=profile.division,
            by=self.one,
            on=day,
        )
        unknown = {key: None for key in ("sex", "birth") if getattr(profile, key) is None}
        self._learn(person.pk, {**raw, **unknown}, None, day)
        set_account(
            person_id=person.pk,
            bank="bank",
            holder=name,
            account_number=f"6200000000{person.pk:06d}",
            on=day,
            by=self.one,
        )
        return person.pk

    def _place(self, code: str) -> None:
        """The divisions above a code, with the body that pays for it."""
        if code[4:6] != "00":
            payer = code[:6].ljust(12, "0")
        elif code[6:] != "000000":
            payer = code[:4].ljust(12, "0")  # a city without counties acts as one itself
        else:
            payer = code
        chain = ancestors(code)
        for above, parent in zip(chain, [*chain[1:], ""], strict=True):
            level = len(chain) - 1 - chain.index(above)
            node, _new = Division.objects.get_or_create(
                code=above, defaults={"name": above, "pinyin": "", "level": min(level, 4), "parent_code": parent}
            )
            if above == payer and not node.acts_as_county:
                Division.objects.filter(code=above).update(acts_as_county=True)

    def _learn(
        self, person_id: int, raw: Mapping[str, object], since: Month | None, day: date, *, merge: bool = False
    ) -> None:
        values = {key: value for key, value in raw.items() if key in (*TIMELINE_KEYS, *EVENTS, "custody")}
        if "imprisoned_on" in values:  # a story tells the whole of it
            begun = values.pop("imprisoned_on")
            values["custody"] = [*([{"since": begun}] if begun else []), *reading.items(raw.get("custody"), "custody")]
        if values.get("division"):
            self._place(str(read_value("division", values["division"], "division")))
        if values:
            record_facts(
                person_id=person_id,
                values=values,
                since=since,
                source=VERIFIED,
                received_on=day,
                by=self.one,
                whole=not merge,  # a story tells the whole table of benefits, unless it says otherwise
            )
        if raw.get("certificate") is not None:
            certificate = read_certificate(raw["certificate"], "certificate")
            assert certificate is not None
            record_certificate(
                person_id=person_id, certificate=certificate, source=VERIFIED, received_on=day, by=self.one
            )
        elif "certificate" in raw:
            forget_certificates(person_id=person_id, source=VERIFIED, by=self.one)

    def _decide(self, step: Step) -> None:
        said = self._told(step, "person", "grant")
        name, person_id = self._person(said, step)
        grant = reading.flag(reading.required(said, "grant", f"{step.where}.decide"), f"{step.where}.decide.grant")
        settle_custody([person_id])  # as far as it is known: then a new right begins anew
        for month, asked in self.applications.pop(name, []):
            place = Person.objects.values_list("division_code", flat=True).get(pk=person_id)
            since = first_month_of(place, applied=month, decided=Month.of(step.day))
            for subsidy in asked if grant else []:
                grant_entitlement(
                    person_id=person_id, subsidy=subsidy, since=since, basis="replay", by=self.one, on=step.day
                )

    def _fact(self, step: Step) -> None:
        said = self._told(step, "person", "since", "merge", *KEYS)
        _name, person_id = self._person(said, step)
        since = reading.month_or_none(said.get("since"), f"{step.where}.fact.since")
        merge = reading.flag(said.get("merge", False), f"{step.where}.fact.merge")
        raw = {key: value for key, value in said.items() if key not in ("person", "since", "merge")}
        for key, value in raw.items():
            read_value(key, value, f"{step.where}.fact.{key}")
        self._learn(person_id, raw, since, step.day, merge=merge)

    def _standard(self, step: Step) -> None:
        row = read_standard(step.said, f"{step.where}.standard", self.division)
        draft = draft_standard(row=row, document_title=STORY, by=self.one)
        publish_standard(standard_id=draft.pk, by=self.other, on=step.day)

    def _dibao(self, step: Step) -> None:
        record_dibao_standard(
            row=read_dibao(step.said, f"{step.where}.dibao", self.division),
            document_number=STORY,
            drafted_by=self.one,
            by=self.other,
            on=step.day,
        )

    def _merge(self, step: Step) -> None:
        said = self._told(step, "division", "into")
        code, into = (
            reading.division(reading.required(said, key, f"{step.where}.merge"), f"{step.where}.merge.{key}")
            for key in ("division", "into")
        )
        self._place(code)
        self._place(into)
        change_area(Wanted("merge", code, into), by=self.other, on=step.day, unfinished=True)

    def _renew(self, step: Step) -> None:
        said = self._told(step, "person", "applied_on", "certificate")
        where = f"{step.where}.renew"
        _name, person_id = self._person(said, step)
        renew_certificate(
            person_id=person_id,
            certificate=read_certificate(reading.required(said, "certificate", where), f"{where}.certificate"),
            applied_on=reading.day(said.get("applied_on", step.day), f"{where}.applied_on"),
            source=VERIFIED,
            received_on=step.day,
            by=self.one,
        )
