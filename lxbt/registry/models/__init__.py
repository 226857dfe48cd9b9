"""What is known of a person. Every table carries `person_id`, the key the data can be distributed by."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now

from lxbt import vault
from lxbt.core.crypto import Unsealable
from lxbt.core.idnumber import mask
from lxbt.core.profile import CATEGORIES, CREDENTIALS
from lxbt.registry.models.duplicates import Joining, Match
from lxbt.registry.models.federation import FederationAgreed, FederationChange, FederationEntry
from lxbt.registry.models.provinces import ProvinceHeard

__all__ = [
    "BankAccount",
    "Certificate",
    "Change",
    "Contradiction",
    "Fact",
    "FederationAgreed",
    "FederationChange",
    "FederationEntry",
    "Identifier",
    "Joining",
    "Match",
    "PayDay",
    "Person",
    "PersonProfile",
    "Profile",
    "ProvinceHeard",
    "numbered_by",
]


def numbered_by(sequence: str) -> Func:
    """The next number of a sequence, as the default of a column."""
    return Func(Value(sequence), function="nextval", output_field=models.BigIntegerField())


# An event lies between the person's birth and the day after that it was recorded on (clocks of others may be ahead).
POSSIBLE_DAY = """
if (new.value #>> '{}')::date < greatest('1900-01-01', (select birth from registry_person \
where person_id = new.person_id))
    or (new.value #>> '{}')::date > new.received_on + 1 then
    raise exception 'a day of % that cannot be', new.key \
using errcode = 'check_violation', constraint = 'fact_possible_day';
end if;
return new;
"""

POSSIBLE_CUSTODY = """
if exists (select from jsonb_to_recordset(new.value) s (since date, until date) where s.since is null \
or s.until < s.since
    or s.since < greatest('1900-01-01', (select birth from registry_person where person_id = new.person_id))
    or s.since > new.received_on + 1) then
    raise exception 'a custody that cannot be' using errcode = 'check_violation', constraint = 'fact_possible_day';
end if;
return new;
"""


class Person(models.Model):
    """A person, once for the nation. Name, sex and birth are those of the identity document."""

    person_id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=60)
    pinyin = models.CharField(max_length=60, blank=True, help_text="initials of the name")
    sex = models.CharField(max_length=6)
    birth = models.DateField()
    division_code = models.CharField(max_length=12, help_text="township of the household register now")
    address = models.CharField(max_length=200, blank=True)
    phone = models.BinaryField(null=True, blank=True, help_text="sealed")
    phone_masked = models.CharField(max_length=20, blank=True)
    phone_handle = models.BinaryField(
        null=True, blank=True, help_text="HMAC-SM3 of the first telephone number: the same telephone, the same handle"
    )
    guardian_name = models.CharField(max_length=60, blank=True)
    guardian_relation = models.CharField(max_length=20, blank=True)
    joined_to = models.BigIntegerField(null=True, blank=True, help_text="this entry is an alias of that person")
    registered_at = models.DateTimeField(db_default=Now())
    registered_by_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["division_code", "name"], name="person_place_name"),
            models.Index(
                fields=["division_code", "pinyin"], name="person_place_pinyin", opclasses=["", "text_pattern_ops"]
            ),
            models.Index(fields=["phone_handle"], name="person_phone", condition=Q(phone_handle__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(sex__in=["male", "female"]), name="person_sex"),
            models.CheckConstraint(condition=Q(division_code__regex=r"^\d{12}$"), name="person_division"),
            models.CheckConstraint(
                condition=Q(joined_to__isnull=True) | ~Q(joined_to=F("person_id")), name="person_joined_to_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.person_id})"

    @property
    def phone_number(self) -> str | None:
        """The telephone in full. Callers check the right to see it and leave a record."""
        return None if self.phone is None else vault.open_sealed(self.phone, phone_place(self.person_id))


def number_place(kind: str, index: object) -> bytes:
    """Where an identity or certificate number is sealed for: its index is its own, whoever the person behind it."""
    return vault.at("registry_identifier.sealed", kind, index)


def phone_place(person_id: int) -> bytes:
    """Where a telephone is sealed for."""
    return vault.at("registry_person.phone", person_id)


def account_place(person_id: int, handle: object) -> bytes:
    """Where an account number is sealed for."""
    return vault.at("registry_bankaccount.sealed", person_id, handle)


class Identifier(models.Model):
    """An identity or certificate number: found by its keyed index, unique for the nation, readable only with
    the key.
    """

    pk = models.CompositePrimaryKey("kind", "index")
    kind = models.CharField(max_length=12)
    index = models.BinaryField(help_text="HMAC-SM3, 32 bytes")
    person_id = models.BigIntegerField()
    sealed = models.BinaryField(help_text="SM4-GCM, key id in front; bound to kind and index")

    class Meta:
        indexes = [models.Index(fields=["person_id"], name="identifier_person")]
        constraints = [models.CheckConstraint(condition=Q(kind__in=["id", "certificate"]), name="identifier_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.person_id}"

    @property
    def number(self) -> str:
        """The number in full. Callers check the right to see it and leave a record."""
        return vault.open_sealed(self.sealed, number_place(self.kind, self.index))

    @property
    def masked(self) -> str:
        """The number for the screen. It is nowhere kept: with the day of birth beside it, a mask is the number."""
        try:
            return mask(self.number)
        except Unsealable:  # moved or altered by somebody: the page still stands, and shows nothing
            return "******"


class Certificate(models.Model):
    """残疾人证, one row for each issue; a correction replaces the values of its row, the audit keeps the old ones."""

    pk = models.CompositePrimaryKey("person_id", "number")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    number = models.BigIntegerField(db_default=numbered_by("registry_certificate_number"))
    category = models.CharField(max_length=12)
    grade = models.PositiveSmallIntegerField()
    issued_on = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True, help_text="last valid day")
    frozen_on = models.DateField(null=True, blank=True)
    cancelled_on = models.DateField(null=True, blank=True)
    kind = models.CharField(max_length=10, default="disabled", db_default="disabled", help_text="of CREDENTIALS")
    components = models.JSONField(default=list, db_default=[], help_text="of a multiple disability, each its own")
    pays_from_month = models.DateField(null=True, blank=True, help_text="a renewal after expiry: pays again from here")
    backpay_months = models.PositiveSmallIntegerField(default=0)
    sequence = models.BigIntegerField(
        null=True, blank=True, help_text="running number of the Federation's record that these values are of"
    )
    source = models.CharField(max_length=40)
    received_on = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "issued_on"], nulls_distinct=False, name="certificate_issue_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="disabled", category__in=CATEGORIES)
                | (Q(kind__in=CREDENTIALS[1:]) & Q(category="", components=[])),
                name="certificate_category_of_kind",
            ),
            models.CheckConstraint(
                condition=Q(grade__gte=1, grade__lte=4) | (~Q(kind="disabled") & Q(grade__gte=1, grade__lte=10)),
                name="certificate_grade_of_kind",
            ),
            models.CheckConstraint(
                condition=Q(issued_on__isnull=True) | Q(valid_until__isnull=True) | Q(valid_until__gte=F("issued_on")),
                name="certificate_until_after_issue",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.category} {self.grade}"


class Fact(models.Model):
    """One value of one key of the profile, as it became known. Append-only: a later record supersedes."""

    pk = models.CompositePrimaryKey("person_id", "number")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    number = models.BigIntegerField(db_default=numbered_by("registry_fact_number"))
    key = models.CharField(max_length=20)
    value = models.JSONField(null=True)
    since = models.DateField(null=True, blank=True, help_text="first of the month; empty: from the beginning")
    source = models.CharField(max_length=40)
    received_on = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by_id = models.BigIntegerField(null=True, blank=True)
    named = models.JSONField(
        null=True, blank=True, help_text="of other benefits: those that were told; null: all of them"
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(since__isnull=True) | Q(since__day=1), name="fact_since")]
        triggers = [
            pgtrigger.Protect(name="fact_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="fact_possible_day",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition(
                    "new.key in ('died_on', 'moved_out_on', 'imprisoned_on') and jsonb_typeof(new.value) = 'string'"
                ),
                func=POSSIBLE_DAY,
            ),
            pgtrigger.Trigger(
                name="fact_possible_custody",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition("new.key = 'custody' and jsonb_typeof(new.value) = 'array'"),
                func=POSSIBLE_CUSTODY,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.key}"


class Contradiction(models.Model):
    """What a weaker source said against a stronger one: changes nothing until two persons settle it."""

    pk = models.CompositePrimaryKey("person_id", "number")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    number = models.BigIntegerField(db_default=numbered_by("registry_contradiction_number"))
    key = models.CharField(max_length=20)
    value = models.JSONField(null=True)
    since = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=40)
    received_on = models.DateField()
    held_value = models.JSONField(null=True)
    held_source = models.CharField(max_length=40)
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by_id = models.BigIntegerField(null=True, blank=True)
    settled_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["person"], name="contradiction_open", condition=Q(settled_on__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.key}"


class BankAccount(models.Model):
    """Where a person is paid. One current account; a failed payment makes it bad until it is corrected by another."""

    pk = models.CompositePrimaryKey("person_id", "number")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    number = models.BigIntegerField(db_default=numbered_by("registry_account_number"))
    bank = models.CharField(max_length=60)
    holder = models.CharField(max_length=60)
    sealed = models.BinaryField(help_text="account number, SM4-GCM; bound to person and handle")
    handle = models.BinaryField(
        null=True, blank=True, help_text="HMAC-SM3 of the account number: the same account, the same handle"
    )
    masked = models.CharField(max_length=40)
    state = models.CharField(max_length=4, default="good")
    reason = models.CharField(max_length=40, blank=True, help_text="why it is bad")
    since = models.DateField()
    until = models.DateField(null=True, blank=True, help_text="empty: the current one")
    holder_is = models.CharField(
        max_length=20, blank=True, db_default="", help_text="self, a guardian's relation, institution"
    )
    recorded_at = models.DateTimeField(null=True, db_default=Now(), help_text="empty: set before this was kept")
    proposal_id = models.BigIntegerField(null=True, blank=True, help_text="the proposal that a second person accepted")
    document_id = models.BigIntegerField(null=True, blank=True, help_text="the paper it was changed by")
    recorded_by_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["handle"], name="account_handle", condition=Q(until__isnull=True, handle__isnull=False)
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(until__isnull=True), name="account_current_once"),
            models.CheckConstraint(condition=Q(state__in=["good", "bad"]), name="account_state"),
        ]

    def __str__(self) -> str:
        return f"{self.bank} {self.masked}"

    @property
    def account_number(self) -> str:
        """The number in full. Callers check the right to see it and leave a record."""
        return vault.open_sealed(self.sealed, account_place(self.person_id, self.handle))


class PayDay(models.Model):
    """When a body that pays drew last: accounts are not changed by one person in the days around it."""

    division_code = models.CharField(max_length=12, primary_key=True)
    drawn_on = models.DateField()

    def __str__(self) -> str:
        return f"{self.division_code} {self.drawn_on}"


class Change(models.Model):
    """Something became known of a person: the months must be told anew. Removed when that was done."""

    pk = models.CompositePrimaryKey("person_id", "number")
    person_id = models.BigIntegerField()
    number = models.BigIntegerField(db_default=numbered_by("registry_change_number"))

    def __str__(self) -> str:
        return f"{self.person_id}"


class Profile(models.Model):
    """A set of facts that many persons share: all that decides a case save place, birth and dated events."""

    facts = models.JSONField()
    digest = models.BinaryField(unique=True, help_text="SM3 of the canonical text")

    def __str__(self) -> str:
        return f"{self.pk}"


class PersonProfile(models.Model):
    """The told months of a person: what the draw reads. Rewritten whole when something becomes known."""

    pk = models.CompositePrimaryKey("person_id", "since")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True)
    division_code = models.CharField(max_length=12)
    profile = models.ForeignKey(Profile, models.PROTECT, related_name="+", db_index=False)
    birth = models.DateField(null=True)
    died_on = models.DateField(null=True)
    moved_out_on = models.DateField(null=True)
    imprisoned_on = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    frozen_on = models.DateField(null=True)
    cancelled_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["division_code", "person"], name="person_profile_place_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="person_profile_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.since:%Y-%m}"
