"""Amounts in force, the 低保 standard, local parameters, and the list of changes that payments look at."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from lxbt.audit.guards import refusing
from lxbt.audit.humans import other_human
from lxbt.core.profile import AREAS, SUBSIDIES

USER = settings.AUTH_USER_MODEL
_CODE = r"^\d{12}$"


# Two publications of equal conditions at once: the second waits for the first and then sees it; neither stays beside
# the other.
ONE_IN_FORCE = """
    PERFORM pg_advisory_xact_lock(hashtextextended('standard ' || NEW.division_code || ' ' || NEW.subsidy || ' ' || \
NEW.conditions_key, 7301001));
    IF EXISTS (SELECT FROM standards_standard o WHERE o.id <> NEW.id AND o.state = 'published' \
AND o.division_code = NEW.division_code
        AND o.subsidy = NEW.subsidy AND o.conditions_key = NEW.conditions_key
        AND (o.superseded_from IS NULL OR o.superseded_from > NEW.since) AND (o.until IS NULL \
OR o.until > NEW.since)) THEN
        RAISE EXCEPTION 'another standard of the same conditions is in force' \
USING ERRCODE = 'check_violation', CONSTRAINT = 'standard_one_in_force';
    END IF;
    RETURN NEW;
"""
AMOUNT = """
    IF NOT amount_can_be(NEW.amount) OR NEW.since < '2000-01-01' OR NEW.since > '2200-01-01' THEN
        RAISE EXCEPTION 'no standard can be so' USING ERRCODE = 'check_violation', CONSTRAINT = 'standard_amount';
    END IF;
    RETURN NEW;
"""
DIBAO = """
    IF NEW.amount < 1 OR NEW.amount > (CASE WHEN NEW.base = 'dibao' THEN 10000 ELSE 1000000 END) \
OR NEW.since < '2000-01-01' OR NEW.since > '2200-01-01' THEN
        RAISE EXCEPTION 'no dibao standard can be so' USING ERRCODE = 'check_violation', CONSTRAINT = 'dibao_amount';
    END IF;
    IF (NEW.recorded_by_id IS NOT NULL AND NEW.drafted_by_id IS NULL) \
OR same_human(NEW.drafted_by_id, NEW.recorded_by_id) THEN
        RAISE EXCEPTION 'who drafted does not record' \
USING ERRCODE = 'check_violation', CONSTRAINT = 'dibao_two_persons';
    END IF;
    RETURN NEW;
"""
PARAMETER = """
    IF NOT parameter_can_be(NEW.name, NEW.value) OR NEW.since < '2000-01-01' OR NEW.since > '2200-01-01' THEN
        RAISE EXCEPTION 'no parameter can be so' USING ERRCODE = 'check_violation', CONSTRAINT = 'parameter_value';
    END IF;
    IF (NEW.recorded_by_id IS NOT NULL AND NEW.drafted_by_id IS NULL) \
OR same_human(NEW.drafted_by_id, NEW.recorded_by_id) THEN
        RAISE EXCEPTION 'who drafted does not record' \
USING ERRCODE = 'check_violation', CONSTRAINT = 'parameter_two_persons';
    END IF;
    RETURN NEW;
"""


# A row of a revision moves only while the revision is drafted; it is published with it, by the same person, and never
# alone.
ROW_OF_A_REVISION = """
    DECLARE told standards_revision; mine bigint;
    BEGIN
    mine := CASE WHEN TG_OP = 'DELETE' THEN OLD.revision_id ELSE NEW.revision_id END;
    IF TG_OP = 'UPDATE' AND OLD.revision_id IS DISTINCT FROM NEW.revision_id THEN
        RAISE EXCEPTION 'a row stays with its revision' \
USING ERRCODE = 'check_violation', CONSTRAINT = 'standard_with_its_revision';
    END IF;
    IF mine IS NOT NULL AND NOT (TG_OP = 'UPDATE' AND OLD.state = 'published') THEN
        SELECT * INTO told FROM standards_revision WHERE id = mine;
        IF TG_OP = 'UPDATE' AND NEW.state = 'published' THEN
            IF told.state <> 'published' OR told.published_by_id IS DISTINCT FROM NEW.published_by_id \
OR told.since <> NEW.since
                OR to_jsonb(OLD) - ARRAY['state', 'published_by_id', 'published_on'] IS DISTINCT \
FROM to_jsonb(NEW) - ARRAY['state', 'published_by_id', 'published_on'] THEN
                RAISE EXCEPTION 'a row is published with its revision' \
USING ERRCODE = 'check_violation', CONSTRAINT = 'standard_with_its_revision';
            END IF;
        ELSIF told.state <> 'draft' THEN
            RAISE EXCEPTION 'what was handed over does not change' \
USING ERRCODE = 'check_violation', CONSTRAINT = 'revision_handed_over';
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
    END;
"""
REVISION = """
    IF OLD.state = 'published' AND to_jsonb(OLD) IS DISTINCT FROM to_jsonb(NEW) THEN
        RAISE EXCEPTION 'a published revision stays' USING ERRCODE = 'check_violation', CONSTRAINT = 'revision_stays';
    END IF;
    IF NEW.state = 'published' AND OLD.state <> 'submitted' THEN
        RAISE EXCEPTION 'only what was handed over is published' \
USING ERRCODE = 'check_violation', CONSTRAINT = 'revision_handed_over';
    END IF;
    IF OLD.state = 'submitted' AND NEW.state <> 'draft' \
AND to_jsonb(OLD) - ARRAY['state', 'published_by_id', 'published_on']
            IS DISTINCT FROM to_jsonb(NEW) - ARRAY['state', 'published_by_id', 'published_on'] THEN
        RAISE EXCEPTION 'what was handed over does not change' \
USING ERRCODE = 'check_violation', CONSTRAINT = 'revision_handed_over';
    END IF;
    IF OLD.drafted_by_id IS DISTINCT FROM NEW.drafted_by_id THEN
        RAISE EXCEPTION 'who drafted stays' USING ERRCODE = 'check_violation', CONSTRAINT = 'revision_drafter_stays';
    END IF;
    RETURN NEW;
"""


class Revision(models.Model):
    """One act of a place: rows of its table drafted together under one document, handed over, and published by a second
    person.

    draft -> submitted -> published; submitted -> draft with the reason of whoever sent it back, or recalled by the
    drafter.
    """

    division_code = models.CharField(max_length=12)
    since = models.DateField(help_text="first of the first month of every row")
    until = models.DateField(null=True, blank=True, help_text="exclusive")
    document_title = models.CharField(max_length=200)
    document_number = models.CharField(max_length=100, blank=True)
    clause = models.CharField(max_length=60, blank=True)
    issued_on = models.DateField(null=True, blank=True, help_text="the day the document was published")
    source = models.CharField(max_length=300, blank=True, help_text="where the document stands")
    verified = models.CharField(
        max_length=9, blank=True, help_text="official: read on an official page; secondary: not"
    )
    scheme = models.CharField(max_length=60, blank=True, help_text="of the library, where it was taken from there")
    ends = ArrayField(models.BigIntegerField(), default=list, blank=True, help_text="rows in force that end with it")
    state = models.CharField(max_length=9, default="draft")
    version = models.PositiveIntegerField(default=1, help_text="grows with every change")
    drafted_by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    drafted_at = models.DateTimeField(db_default=Now())
    submitted_at = models.DateTimeField(null=True, blank=True)
    returned_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    returned_at = models.DateTimeField(null=True, blank=True)
    returned_reason = models.CharField(max_length=500, blank=True)
    published_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    published_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["division_code", "state"], name="revision_place")]
        constraints = [
            models.CheckConstraint(condition=Q(division_code__regex=_CODE), name="revision_division"),
            models.CheckConstraint(condition=Q(state__in=["draft", "submitted", "published"]), name="revision_state"),
            models.CheckConstraint(condition=Q(verified__in=["", "official", "secondary"]), name="revision_verified"),
            models.CheckConstraint(
                condition=Q(since__day=1) & (Q(until__isnull=True) | (Q(until__day=1) & Q(until__gt=F("since")))),
                name="revision_period",
            ),
            models.CheckConstraint(
                condition=Q(state="published", published_by__isnull=False, published_on__isnull=False)
                | (~Q(state="published") & Q(published_by__isnull=True)),
                name="revision_published_by_a_person",
            ),
        ]
        triggers = [
            other_human(
                name="revision_two_humans",
                constraint="revision_published_by_another",
                one="published_by_id",
                other="drafted_by_id",
                sentence="who drafted a revision does not publish it",
            ),
            pgtrigger.Trigger(name="revision_steps", when=pgtrigger.Before, operation=pgtrigger.Update, func=REVISION),
            refusing(
                name="revision_begins",
                operation=pgtrigger.Insert,
                when="new.state <> 'draft'",
                sentence="a revision begins as a draft",
                constraint="revision_handed_over",
            ),
            pgtrigger.Protect(
                name="revision_is_kept", operation=pgtrigger.Delete, condition=pgtrigger.Q(old__state="published")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.division_code} {self.since:%Y-%m} {self.state}"


class Standard(models.Model):
    """A row of a standard. A published row never changes save for `superseded_from`, which only ever moves earlier."""

    subsidy = models.CharField(max_length=6)
    division_code = models.CharField(max_length=12)
    since = models.DateField(help_text="first of the first month")
    until = models.DateField(null=True, blank=True, help_text="exclusive")
    superseded_from = models.DateField(
        null=True, blank=True, help_text="a later row of the same conditions counts from here on"
    )
    conditions = models.JSONField(default=dict, blank=True, help_text="canonical `when`")
    conditions_key = models.TextField(help_text="the same as text, for finding rows of equal conditions")
    amount = models.JSONField()
    floor = models.BooleanField(default=False)
    document_title = models.CharField(max_length=200, blank=True)
    document_number = models.CharField(max_length=100, blank=True)
    clause = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=10, default="draft")
    revision = models.ForeignKey(
        Revision,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="rows",
        db_index=False,
        help_text="empty: a row by itself",
    )
    drafted_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    drafted_at = models.DateTimeField(db_default=Now())
    published_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    published_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["division_code", "subsidy", "since"], name="standard_place")]
        constraints = [
            models.CheckConstraint(condition=Q(subsidy__in=SUBSIDIES), name="standard_subsidy"),
            models.CheckConstraint(condition=Q(division_code__regex=_CODE), name="standard_division"),
            models.CheckConstraint(condition=Q(state__in=["draft", "published"]), name="standard_state"),
            models.CheckConstraint(
                condition=Q(since__day=1) & (Q(until__isnull=True) | Q(until__gte=F("since"))), name="standard_period"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(published_on__isnull=False), name="standard_published_on"
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | Q(drafted_by__isnull=True) | ~Q(published_by=F("drafted_by")),
                name="standard_published_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(drafted_by__isnull=True) | Q(published_by__isnull=False),
                name="standard_published_by_a_person",
            ),
        ]
        triggers = [
            other_human(
                name="published_by_another_human",
                constraint="standard_published_by_another",
                one="published_by_id",
                other="drafted_by_id",
                sentence="who drafted a standard does not publish it",
            ),
            pgtrigger.Trigger(
                name="one_in_force",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("old.state = 'draft' and new.state = 'published'"),
                func=ONE_IN_FORCE,
            ),
            pgtrigger.Trigger(
                name="row_of_a_revision",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=ROW_OF_A_REVISION,
            ),
            pgtrigger.Trigger(
                name="amount_can_be",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("amount", "since"),  # type: ignore[no-untyped-call]
                func=AMOUNT,
            ),
            refusing(
                name="drafter_stays",
                operation=pgtrigger.Update,
                when="old.drafted_by_id is distinct from new.drafted_by_id",
                sentence="who drafted a standard stays",
                constraint="standard_drafter_stays",
            ),
            pgtrigger.Protect(
                name="published_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "old.state = 'published' and to_jsonb(old) - 'superseded_from' is distinct from to_jsonb(new) - "
                    "'superseded_from'"
                ),
            ),
            pgtrigger.Protect(
                name="published_is_kept", operation=pgtrigger.Delete, condition=pgtrigger.Q(old__state="published")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.division_code} {self.subsidy} {self.since:%Y-%m}"


class DibaoStandard(models.Model):
    """The 低保 standard of a division and area, yuan a month; or, under another name, what else a standard may be a
    share of.
    """

    base = models.CharField(max_length=40, default="dibao", db_default="dibao", help_text="dibao: the 低保 standard")
    division_code = models.CharField(max_length=12)
    area = models.CharField(max_length=5, default="any")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    superseded_from = models.DateField(null=True, blank=True)
    amount = models.DecimalField(max_digits=9, decimal_places=2)
    document_number = models.CharField(max_length=100, blank=True)
    drafted_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    recorded_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["division_code", "since"], name="dibao_place")]
        constraints = [
            models.CheckConstraint(condition=Q(area__in=[*AREAS, "any"]), name="dibao_area"),
            models.CheckConstraint(condition=Q(division_code__regex=_CODE), name="dibao_division"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="dibao_amount"),
            models.CheckConstraint(
                condition=Q(since__day=1) & (Q(until__isnull=True) | Q(until__gte=F("since"))), name="dibao_period"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="dibao_can_be",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf("base", "amount", "since", "drafted_by_id", "recorded_by_id"),  # type: ignore[no-untyped-call]
                func=DIBAO,
            )
        ]

    def __str__(self) -> str:
        return f"{self.division_code} {self.area} {self.amount}"


class Parameter(models.Model):
    """A local rule of a division from a month on; divisions below inherit it."""

    division_code = models.CharField(max_length=12)
    name = models.CharField(max_length=40)
    value = models.JSONField()
    since = models.DateField(null=True, blank=True, help_text="empty: from the beginning")
    until = models.DateField(null=True, blank=True, help_text="exclusive; empty: until another is set")
    document_number = models.CharField(max_length=100, blank=True)
    drafted_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    recorded_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["division_code", "name", "since"], nulls_distinct=False, name="parameter_once"
            ),
            models.CheckConstraint(condition=Q(division_code__regex=_CODE), name="parameter_division"),
            models.CheckConstraint(condition=Q(since__isnull=True) | Q(since__day=1), name="parameter_since"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | (Q(until__day=1) & (Q(since__isnull=True) | Q(until__gt=F("since")))),
                name="parameter_until",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="parameter_can_be",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf("name", "value", "since", "drafted_by_id", "recorded_by_id"),  # type: ignore[no-untyped-call]
                func=PARAMETER,
            )
        ]

    def __str__(self) -> str:
        return f"{self.division_code} {self.name}"


class Change(models.Model):
    """Something that prices months anew: from `since` on, in `division_code` and below, for one subsidy or both.

    Written in the transaction of the change, under a lock that makes ids appear in the order of commits; each payer
    remembers the last id it has looked at.
    """

    division_code = models.CharField(max_length=12)
    subsidy = models.CharField(max_length=6, blank=True, help_text="empty: both")
    since = models.DateField()

    def __str__(self) -> str:
        return f"{self.pk} {self.division_code} {self.since:%Y-%m}"
