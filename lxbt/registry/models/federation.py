"""What the Federation's database told last of each person, and what waits to be followed up."""

from __future__ import annotations

from django.db import models
from django.db.models import Func, Value


class FederationEntry(models.Model):
    """The newest record of one person's number at the Federation. `handle` and `mark` compare both sides, see
    `core.roster`.

    A person with two numbers there has two rows. `moves` are [sequence, month or null, division] of every record taken,
    so that records may come in any order.
    """

    pk = models.CompositePrimaryKey("person_id", "handle")
    person_id = models.BigIntegerField()
    handle = models.BinaryField(help_text="16 bytes, see core.roster")
    mark = models.BigIntegerField()
    county_code = models.CharField(max_length=12)
    division_code = models.CharField(max_length=12)
    sequence = models.BigIntegerField()
    values = models.JSONField(help_text="category, grade, days and state as told last; no number")
    moves = models.JSONField(default=list)
    known_before = models.BooleanField(help_text="the person was known here before the first record came")
    doubts = models.JSONField(default=list, help_text="what in the record does not fit what is known")
    changed_at = models.DateTimeField(help_text="there")
    received_at = models.DateTimeField(help_text="the newest record, here")
    confirmed_at = models.DateTimeField(help_text="when it was last told, changed or not")

    class Meta:
        indexes = [
            models.Index(fields=["county_code"], name="federation_county"),
            models.Index(
                fields=["division_code", "person_id"], name="federation_doubtful", condition=~models.Q(doubts=[])
            ),
        ]
        constraints = [models.CheckConstraint(condition=models.Q(sequence__gt=0), name="federation_sequence")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.sequence}"


class FederationChange(models.Model):
    """A change at the Federation that somebody above may have to follow up; removed when that was done."""

    pk = models.CompositePrimaryKey("person_id", "number")
    person_id = models.BigIntegerField()
    number = models.BigIntegerField(
        db_default=Func(Value("registry_federation_number"), function="nextval", output_field=models.BigIntegerField())
    )
    sequence = models.BigIntegerField()
    before = models.JSONField(null=True, help_text="the values before; null: nothing was known from there")
    after = models.JSONField()
    changed_at = models.DateTimeField(null=True, help_text="there")
    received_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["number"], name="federation_change_order")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.sequence}"


class FederationAgreed(models.Model):
    """When a county was last compared with the Federation and both sides held the same."""

    county_code = models.CharField(max_length=12, primary_key=True)
    agreed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.county_code
