"""What accounts were appointed to, by whom, under which right."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from lxbt.accounts.models.pairs import PAIRS
from lxbt.accounts.models.people import User
from lxbt.accounts.rules import ROLES, has_duties
from lxbt.audit.humans import other_human

APART = f"""
    IF NEW.until <= NEW.since THEN RETURN NULL; END IF;
    PERFORM 1 FROM accounts_user WHERE id = NEW.user_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM accounts_appointment a
        WHERE a.id <> NEW.id
          AND (a.user_id = NEW.user_id OR a.user_id IN (
              SELECT o.id FROM accounts_user o JOIN accounts_user own ON own.holder_id = o.holder_id \
WHERE own.id = NEW.user_id))
          AND (a.until IS NULL OR (a.until > NEW.since AND a.until > a.since)) AND (NEW.until IS NULL \
OR a.since < NEW.until)
          AND ((a.role = NEW.role AND a.division_code = NEW.division_code) OR (a.role, NEW.role) IN (VALUES {PAIRS}))
    ) THEN
        RAISE EXCEPTION 'the account holds % or what must not go with it', NEW.role \
USING ERRCODE = 'check_violation', CONSTRAINT = 'appointment_apart';
    END IF;
    RETURN NULL;
"""


# A grant and the end of its right wait for each other: the right's row is held while something is given under it.
WITHIN_GIVER = """
    IF NEW.under_id IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.under_id IS DISTINCT FROM NEW.under_id \
OR NEW.until IS NULL OR NEW.until > OLD.until) THEN
        PERFORM 1 FROM accounts_appointment WHERE id = NEW.under_id FOR SHARE;
    END IF;
    IF NEW.under_id IS NOT NULL AND (NEW.until IS NULL OR NEW.until > NEW.since) AND EXISTS (
        SELECT 1 FROM accounts_appointment g
        WHERE g.id = NEW.under_id AND (g.role <> 'administrator' OR (g.until IS NOT NULL AND (NEW.until IS NULL \
OR NEW.until > g.until)))
    ) THEN
        RAISE EXCEPTION 'the grant outlasts the right it is given under' \
USING ERRCODE = 'check_violation', CONSTRAINT = 'appointment_within_giver';
    END IF;
    IF NEW.until IS NOT NULL AND EXISTS (
        SELECT 1 FROM accounts_appointment c WHERE c.under_id = NEW.id AND (c.until IS NULL OR (c.until > NEW.until \
AND c.until > c.since))
    ) THEN
        RAISE EXCEPTION 'what was given under this right would outlast it' \
USING ERRCODE = 'check_violation', CONSTRAINT = 'appointment_within_giver';
    END IF;
    RETURN NULL;
"""


DUTY_ROLES = ", ".join(f"'{role.key}'" for role in ROLES if has_duties([role.key]))
# Duties come with the opening of an account, in its transaction, or by two human beings. What the system itself gives
# to accounts that it opened (first run) has no giver.
COUNTERSIGNED = f"""
    IF NEW.role NOT IN ({DUTY_ROLES}) OR NEW.until <= NEW.since THEN RETURN NEW; END IF;
    IF TG_OP = 'UPDATE' AND NEW.role = OLD.role AND NEW.user_id = OLD.user_id
       AND NOT (OLD.until IS NOT NULL AND (NEW.until IS NULL OR NEW.until > OLD.until)) THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM accounts_user u
        WHERE u.id = NEW.user_id AND u.opened_at < now() AND NOT (TG_OP = 'INSERT' AND NEW.granted_by_id IS NULL \
AND u.opened_by_id IS NULL)
    ) THEN
        RETURN NEW;
    END IF;
    IF NEW.agreed_by_id IS NULL OR same_human(NEW.agreed_by_id, NEW.granted_by_id) \
OR same_human(NEW.agreed_by_id, NEW.user_id) THEN
        RAISE EXCEPTION 'duties for a standing account take a second human being' \
USING ERRCODE = 'check_violation', CONSTRAINT = 'appointment_countersigned';
    END IF;
    RETURN NEW;
"""


class Appointment(models.Model):
    """A role held for a division by one account: from when until when, given by whom, under which right of the giver.

    `under` is the giver's own appointment; empty: given by the system itself. When that right ends, this ends with it.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="appointments")
    role = models.CharField(max_length=24, choices=[(r.key, r.label) for r in ROLES])
    division_code = models.CharField(max_length=12)
    since = models.DateField()
    until = models.DateField(null=True, blank=True, help_text="exclusive")
    granted_by_id = models.BigIntegerField(null=True)
    agreed_by_id = models.BigIntegerField(
        null=True, help_text="the second human being, where duties were given to an account that stood already"
    )
    granted_at = models.DateTimeField(db_default=Now())
    under = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    ended_by_id = models.BigIntegerField(null=True)
    ended_for = models.CharField(
        max_length=12,
        blank=True,
        default="",
        db_default="",
        help_text="taken, left, moved, disabled, lapsed (with the giver's right)",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "division_code"],
                condition=models.Q(until__isnull=True),
                name="appointment_once",
            ),
            models.CheckConstraint(condition=models.Q(role__in=[r.key for r in ROLES]), name="appointment_role"),
            models.CheckConstraint(
                condition=models.Q(granted_by_id__isnull=True) | ~models.Q(granted_by_id=models.F("user_id")),
                name="appointment_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="appointment_period",
            ),
        ]
        indexes = [models.Index(fields=["under"], name="appointment_under")]
        triggers = [
            other_human(
                name="by_another_human",
                constraint="appointment_by_another",
                one="granted_by_id",
                other="user_id",
                sentence="nobody appoints himself",
            ),
            pgtrigger.Trigger(
                name="apart", when=pgtrigger.After, operation=pgtrigger.Insert | pgtrigger.Update, func=APART
            ),
            pgtrigger.Trigger(
                name="within_giver",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=WITHIN_GIVER,
            ),
            pgtrigger.Trigger(
                name="countersigned",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("role", "user_id", "until"),  # type: ignore[no-untyped-call]
                func=COUNTERSIGNED,
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.division_code}"


class BothOrgans(models.Model):
    """From a day on, whether civil affairs may open the Federation's accounts in a province (or the nation, for all
    others).
    """

    division_code = models.CharField(max_length=12)
    since = models.DateField()
    allowed = models.BooleanField()
    set_by_id = models.BigIntegerField(null=True)
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["division_code", "since"], name="both_organs_once")]

    def __str__(self) -> str:
        return f"{self.division_code} {self.since} {self.allowed}"
