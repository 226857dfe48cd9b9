"""Batches and their items.

`Item` is partitioned by right-month and keyed (person_id, subsidy, right_month, seq): the database itself refuses a
month twice. It has no foreign keys to the small tables it names: the draw writes millions of rows in one statement
whose ids come out of those tables, which never delete what was used.
"""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lxbt.audit.guards import refusing
from lxbt.audit.humans import other_human
from lxbt.core.profile import SUBSIDIES
from lxbt.payments.rules import BATCH_STATES

USER = settings.AUTH_USER_MODEL


class PayerState(models.Model):
    """How far a payer has come: months looked at for everybody, and the last change of standards it has looked at."""

    payer_code = models.CharField(max_length=12, primary_key=True)
    drawn_until = models.DateField(null=True, help_text="last month drawn for everybody")
    change_id = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.payer_code


class Batch(models.Model):
    """A monthly batch of one payer (the body that acts as the county)."""

    as_read: str = "drawn"  # the state when an operation read it, for the record

    payer_code = models.CharField(max_length=12)
    month = models.DateField()
    number = models.PositiveSmallIntegerField(help_text="within the month")
    state = models.CharField(max_length=8, default="drawn")
    drawn_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    drawn_on = models.DateField()
    approved_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    approved_on = models.DateField(null=True)
    sent_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    sent_on = models.DateField(null=True)
    settled_on = models.DateField(null=True)
    returned_reason = models.CharField(max_length=200, blank=True)
    import_id = models.BigIntegerField(null=True, help_text="the import that a `recorded` batch came with")
    paying_organ = models.CharField(
        max_length=40, blank=True, db_default="", help_text="who paid at the time, for a `recorded` batch"
    )
    item_count = models.IntegerField(default=0)
    total = models.DecimalField(
        max_digits=14, decimal_places=2, default=0, help_text="sum of all items, recoveries included"
    )
    recovery_total = models.DecimalField(
        max_digits=14, decimal_places=2, default=0, help_text="sum of the negative items"
    )
    held_count = models.IntegerField(default=0, help_text="persons held back for want of a good account")
    # the order to the bank, frozen when approved: gross - settled - offset = line_total (net)
    line_count = models.IntegerField(null=True)
    line_total = models.DecimalField(max_digits=14, decimal_places=2, null=True, help_text="what goes to the bank")
    gross = models.DecimalField(max_digits=14, decimal_places=2, null=True, help_text="sum of the positive items")
    settled = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, help_text="of it, what settles claims and is not ordered"
    )
    offset = models.DecimalField(max_digits=14, decimal_places=2, null=True, help_text="taken back within lines")
    page = models.JSONField(null=True, help_text="the figures of its page as they were when approved or returned")
    shares = models.JSONField(default=dict, help_text="funding by level, yuan")
    origins = models.JSONField(
        default=list, db_default=[], help_text="what is paid off rights that came by file or push, by import, as drawn"
    )

    class Meta:
        indexes = [
            models.Index(fields=["month", "payer_code"], name="batch_month"),
            models.Index(fields=["import_id"], name="batch_import", condition=Q(import_id__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["payer_code", "month", "number"], name="batch_once"),
            models.CheckConstraint(condition=Q(state__in=BATCH_STATES), name="batch_state"),
            models.CheckConstraint(condition=Q(month__day=1), name="batch_month_first"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | Q(drawn_by__isnull=True) | ~Q(approved_by=F("drawn_by")),
                name="batch_approved_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "sent", "settled"]) | Q(approved_on__isnull=False),
                name="batch_approved_first",
            ),
            models.CheckConstraint(
                condition=Q(approved_on__isnull=True) | Q(approved_by__isnull=False), name="batch_approved_by_a_person"
            ),
        ]
        triggers = [  # who signed stays who signed, else the drawer could be written away before approving
            other_human(
                name="approved_by_another_human",
                constraint="batch_approved_by_another",
                one="approved_by_id",
                other="drawn_by_id",
                sentence="who drew a batch does not approve it",
            ),
            refusing(
                name="signatures_stay",
                operation=pgtrigger.Update,
                when="old.drawn_by_id is distinct from new.drawn_by_id or (old.approved_by_id is not null "
                "and old.approved_by_id is distinct from new.approved_by_id)",
                sentence="who drew or approved a batch stays",
                constraint="batch_signatures_stay",
            ),
            refusing(
                name="figures_stay",
                operation=pgtrigger.Update,
                when="old.gross is not null and (old.total, old.recovery_total, old.item_count, old.line_count, "
                "old.line_total, old.gross, old.settled, old.offset)"
                " is distinct from (new.total, new.recovery_total, new.item_count, new.line_count, "
                "new.line_total, new.gross, new.settled, new.offset)",
                sentence="the figures of an approved batch stay",
                constraint="batch_figures_stay",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payer_code} {self.month:%Y-%m} #{self.number}"


class Item(models.Model):
    """The difference drawn for one person, subsidy and right-month; copies what decided it.

    Never edited, only made void.
    """

    pk = models.CompositePrimaryKey("person_id", "subsidy", "right_month", "seq")
    person_id = models.BigIntegerField()
    batch_id = models.BigIntegerField()
    standard_id = models.BigIntegerField(null=True)
    profile_id = models.BigIntegerField(null=True)
    account_number = models.BigIntegerField(null=True)
    right_month = models.DateField()
    amount = models.DecimalField(max_digits=9, decimal_places=2)
    seq = models.SmallIntegerField()
    subsidy = models.CharField(max_length=6)
    kind = models.CharField(max_length=8)
    division_code = models.CharField(max_length=12)
    reasons = models.CharField(max_length=200, null=True, help_text="codes against the right, for what is taken back")  # noqa: DJ001 (null saves a byte in each of many millions)
    void = models.CharField(max_length=8, null=True, help_text="failed or returned: counts for nothing")  # noqa: DJ001

    class Meta:
        indexes = [models.Index(fields=["batch_id"], name="item_batch")]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="item_amount"),
            models.CheckConstraint(condition=Q(subsidy__in=SUBSIDIES), name="item_subsidy"),
            models.CheckConstraint(
                condition=Q(void__isnull=True) | Q(void__in=["failed", "returned"]), name="item_void"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.subsidy} {self.right_month:%Y-%m} {self.amount}"
