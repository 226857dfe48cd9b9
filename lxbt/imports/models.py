"""Imports: the file, what was understood of it, how far it has come, what became of each row.

The state in the table is the queue. A chunk of rows, what it wrote, its counts and `row_no` go in one transaction, so a
worker that dies loses nothing and doubles nothing.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from lxbt.imports.states import LIVE, OUTCOMES, STATES


class Import(models.Model):
    """One file sent in for one area."""

    kind = models.CharField(max_length=24, help_text="recipients, history …, list:<name>")
    version = models.PositiveSmallIntegerField(help_text="of the kind's columns")
    division_code = models.CharField(max_length=12, help_text="every row lies in this area")
    name = models.CharField(max_length=120, help_text="of the file, as its sender called it")
    client_id = models.BigIntegerField(
        null=True, help_text="the province's program that pushed it, record by record; its door works on it"
    )
    digest = models.BinaryField(help_text="SM3 of the file")
    size = models.BigIntegerField()
    file_id = models.BigIntegerField(
        null=True, help_text="documents.LargeFile; empty when it was taken from a terminal and is not kept"
    )
    sheet = models.CharField(max_length=200, blank=True)
    sheets = models.JSONField(default=list)
    also = models.JSONField(default=list, help_text="other sheets that would fit as well")
    header_row = models.IntegerField(default=0)
    header_rows = models.SmallIntegerField(default=1)
    titles = models.JSONField(default=list)
    mapping = models.JSONField(default=dict, help_text="column of the file -> key")
    sure = models.JSONField(default=dict, help_text="column of the file -> how it was recognised")
    missing = models.JSONField(default=list)
    shape = models.JSONField(
        default=dict,
        db_default={},
        help_text="tables, what is said once, columns looked at for doubts, what is not read",
    )
    settings = models.JSONField(
        default=dict, db_default={}, help_text="by the user: `sheets` to read, `set` key -> what holds for every row"
    )
    answers = models.JSONField(
        default=list, db_default=[], help_text="codes of doubts whose rows are taken all the same"
    )
    told = models.JSONField(default=list, db_default=[], help_text="[code, what it is about]: of the file as a whole")
    samples = models.BinaryField(null=True, help_text="the first rows of the sheet as they came, JSON, sealed")
    state = models.CharField(max_length=8, default="uploaded")
    before_pause = models.CharField(max_length=8, blank=True)
    fault = models.CharField(max_length=24, blank=True, help_text="why it was refused")
    accepts = models.JSONField(default=list, help_text="outcomes beside `new` that may be written, and `remarked`")
    row_no = models.IntegerField(default=0, help_text="the last row of the sheet dealt with in this pass")
    share = models.FloatField(default=0, help_text="of the file behind us, 0 to 1")
    planned = models.JSONField(default=dict, help_text="outcome -> rows, as foreseen")
    counts = models.JSONField(default=dict, help_text="outcome -> rows, in this pass")
    effects = models.JSONField(default=dict, help_text="persons, rights, items … written, in this pass")
    reasons = models.JSONField(default=dict, help_text="code -> rows that stay with the user")
    remarks = models.JSONField(default=dict, help_text="code -> rows accepted with a remark")
    total = models.DecimalField(
        max_digits=16, decimal_places=2, default=0, help_text="yuan of the accepted rows, in this pass"
    )
    plan_digest = models.CharField(
        max_length=64,
        blank=True,
        db_default="",
        help_text="SM3 of the file, its columns and every planned row that moves money",
    )
    proposal_id = models.BigIntegerField(null=True, help_text="by which another person confirmed the plan")
    confirmed_by_id = models.BigIntegerField(null=True, help_text="who confirmed exactly this plan")
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    began_at = models.DateTimeField(null=True, help_text="this pass")
    served_at = models.DateTimeField(null=True, help_text="last worked on: the longest ago is next")
    finished_at = models.DateTimeField(null=True)
    seconds = models.FloatField(default=0, help_text="of work in this pass")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="import_state"),
            models.UniqueConstraint(
                fields=["kind", "division_code", "digest"], condition=Q(state__in=LIVE), name="import_live_once"
            ),
        ]
        indexes = [
            models.Index(fields=["division_code", "-created_at"], name="import_place"),
            models.Index(
                fields=["served_at"], name="import_running", condition=Q(state__in=["planning", "writing", "undoing"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind} {self.state}"


class KeptRow(models.Model):
    """A row that stays with the user (error, conflict, left out) or was accepted with a remark; its cells sealed."""

    pk = models.CompositePrimaryKey("importing_id", "row_no")
    importing = models.ForeignKey(Import, models.CASCADE, db_column="import_id", related_name="kept")
    row_no = models.IntegerField()
    outcome = models.CharField(max_length=8)
    faults = models.JSONField(help_text="[column key, code, shown masked] each")
    codes = models.JSONField(default=list, help_text="the codes alone")
    sealed = models.BinaryField(help_text="the cells as they came, JSON")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(outcome__in=OUTCOMES), name="kept_row_outcome")]

    def __str__(self) -> str:
        return f"{self.importing_id} {self.row_no} {self.outcome}"


class Planned(models.Model):
    """What a row would do to money, as planned: a right made, a payment of the system stopped, facts of a recipient
    changed.

    The confirmer is shown their sums; writing does no more than stands here. Removed when the import is through.
    """

    pk = models.CompositePrimaryKey("importing", "row_no", "subsidy", "what")
    importing = models.ForeignKey(Import, models.CASCADE, db_column="import_id", related_name="moved")
    row_no = models.IntegerField()
    subsidy = models.CharField(max_length=6, blank=True)
    what = models.CharField(max_length=5)
    month = models.DateField(null=True, help_text="the first of the right; of a payment its own")
    person_index = models.BinaryField(help_text="of the identity number, keyed")
    name = models.CharField(max_length=60)
    payer_code = models.CharField(max_length=12)
    monthly = models.DecimalField(max_digits=9, decimal_places=2, default=0, help_text="yuan for the month it came in")
    back = models.SmallIntegerField(default=0, help_text="months before the month it came in")
    yuan = models.DecimalField(max_digits=11, decimal_places=2, default=0, help_text="for these months together")
    held = models.SmallIntegerField(default=0, help_text="of these months, held back until a decision")
    held_yuan = models.DecimalField(max_digits=11, decimal_places=2, default=0)
    changed = models.BooleanField(default=False, help_text="the row changes what was known")
    remarked = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(what__in=["right", "paid", "facts"]), name="planned_row_what")
        ]

    def __str__(self) -> str:
        return f"{self.importing_id} {self.row_no} {self.what}"


class Mended(models.Model):
    """A cell that was mended on the page: what it holds now, sealed. The file itself stays as it came."""

    pk = models.CompositePrimaryKey("importing_id", "row_no", "place")
    importing = models.ForeignKey(Import, models.CASCADE, db_column="import_id", related_name="mended")
    row_no = models.IntegerField()
    place = models.SmallIntegerField(help_text="column, from 0")
    sealed = models.BinaryField()
    by_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.importing_id} {self.row_no} {self.place}"


class Touched(models.Model):
    """A person that an import made or changed: what an undo takes back."""

    pk = models.CompositePrimaryKey("person_id", "import_id")
    person_id = models.BigIntegerField()
    import_id = models.BigIntegerField()
    made = models.BooleanField(help_text="the person was not known before")
    before = models.JSONField(
        default=dict, help_text="what was there, of a person known before; sealed values stay sealed"
    )

    class Meta:
        indexes = [models.Index(fields=["import_id"], name="touched_import")]

    def __str__(self) -> str:
        return f"{self.import_id} {self.person_id}"


class Tally(models.Model):
    """What an import recorded as paid, by paying body, month and subsidy: compared with what the county declared."""

    pk = models.CompositePrimaryKey("import_id", "payer_code", "month", "subsidy")
    import_id = models.BigIntegerField()
    payer_code = models.CharField(max_length=12)
    month = models.DateField()
    subsidy = models.CharField(max_length=6)
    payments = models.IntegerField()
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    doubtful = models.IntegerField(default=0, help_text="of these, against the rules of the time")

    class Meta:
        indexes = [models.Index(fields=["payer_code", "month"], name="tally_payer")]

    def __str__(self) -> str:
        return f"{self.payer_code} {self.month:%Y-%m} {self.subsidy}"


class RememberedMapping(models.Model):
    """Which column a title meant, in an area and kind: used again for the next file."""

    division_code = models.CharField(max_length=12)
    kind = models.CharField(max_length=24)
    fingerprint = models.CharField(
        max_length=64,
        blank=True,
        db_default="",
        help_text="of the titles in their order; empty: kept before layouts were told apart",
    )
    titles = models.JSONField(help_text="normalised title -> key")
    name = models.CharField(max_length=60, blank=True, help_text="of the file that it was set for")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["division_code", "kind", "fingerprint"], name="remembered_once")]

    def __str__(self) -> str:
        return f"{self.division_code} {self.kind}"
