"""Received lists and their rows.

A row's key begins with `handle`: the keyed index of its identity number, as in the registry, or a digest of the row
where it has none. So the same row again is the same key, and the table can be distributed like the registry's
identifiers.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from lxbt.matching.rules.lists import LISTS

LIST_STATES = ("open", "taken", "withdrawn")
CHANNELS = ("file", "interface", "question")  # how a list came: told in a file, told record by record, answered


class List(models.Model):
    """One received list: whose it is, what it is of, as of which day, and when it came."""

    kind = models.CharField(max_length=20)
    division_code = models.CharField(max_length=12, help_text="the area it speaks of")
    received_on = models.DateField()
    as_of = models.DateField(help_text="the day its rows hold on")
    source = models.CharField(max_length=60, help_text="the body that gave it")
    name = models.CharField(max_length=120, blank=True, help_text="of the file")
    digest = models.BinaryField(null=True, help_text="SM3 of the file")
    row_count = models.IntegerField(default=0)
    known_count = models.IntegerField(default=0, help_text="rows that fit a person registered here")
    state = models.CharField(max_length=9, default="open")
    opened_by_id = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField(db_default=Now())
    ended_on = models.DateField(null=True)
    channel = models.CharField(max_length=9, default="file", db_default="file")
    sender = models.CharField(
        max_length=99,
        blank=True,
        default="",
        db_default="",
        help_text="the system that told it, when it came over a line",
    )
    declared = models.JSONField(
        default=dict, db_default={}, help_text="what the sender says a complete roster is: {as_of, count, sequence}"
    )

    class Meta:
        indexes = [
            models.Index(fields=["kind", "division_code", "-as_of"], name="list_newest"),
            models.Index(fields=["sender", "kind", "division_code"], name="list_sender", condition=~Q(sender="")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(channel__in=CHANNELS), name="list_channel"),
            models.CheckConstraint(condition=Q(kind__in=list(LISTS)), name="list_kind"),
            models.CheckConstraint(condition=Q(state__in=LIST_STATES), name="list_state"),
            models.UniqueConstraint(
                fields=["kind", "division_code", "digest"], condition=~Q(state="withdrawn"), name="list_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.division_code} {self.as_of}"


class ListEntry(models.Model):
    """A row of a list. `matched`: by `number`, or by `name`, which only ever proposes; empty while nobody fits."""

    pk = models.CompositePrimaryKey("handle", "list_id", "digest")
    handle = models.BinaryField(help_text="HMAC-SM3 of the identity number, or SM3 of the row without one")
    list_id = models.BigIntegerField()
    digest = models.BinaryField(help_text="SM3 of the content, 16 bytes")
    row = models.IntegerField(help_text="in the file")
    kind = models.CharField(max_length=20)
    person_id = models.BigIntegerField(null=True)
    matched = models.CharField(max_length=6, blank=True)
    name = models.CharField(max_length=60)
    birth = models.DateField(null=True)
    sealed = models.BinaryField(null=True, help_text="identity number, SM4-GCM; bound to handle and digest")
    event_on = models.DateField(null=True)
    since = models.DateField(null=True)
    until = models.DateField(null=True, help_text="exclusive")
    amount = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    value = models.CharField(max_length=60, blank=True)
    detail = models.JSONField(default=dict, help_text="place, reference, note as given")
    asked_at = models.DateTimeField(null=True, help_text="of an answer: when it was asked")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "person_id"], name="list_entry_person", condition=Q(person_id__isnull=False)),
            models.Index(fields=["list_id", "row"], name="list_entry_row"),
            models.Index(fields=["kind", "name"], name="list_entry_unknown", condition=Q(person_id__isnull=True)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(matched__in=["", "number", "name"]), name="list_entry_matched"),
            models.CheckConstraint(
                condition=Q(person_id__isnull=False) | Q(matched=""), name="list_entry_person_matched"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.list_id} {self.row}"


class ListRecord(models.Model):
    """The latest state of a record that a body tells over a line: an older running number never overwrites a newer one.

    `handle` is the keyed index of the sender, the list and the sender's own number of the record.
    """

    handle = models.BinaryField(primary_key=True)
    sender = models.CharField(max_length=99)
    kind = models.CharField(max_length=20)
    sequence = models.BigIntegerField()
    withdrawn = models.BooleanField(default=False)
    list_id = models.BigIntegerField(null=True, help_text="where its entry stands; empty: it was taken back")
    entry_handle = models.BinaryField(null=True)
    entry_digest = models.BinaryField(null=True)
    received_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["list_id"], name="list_record_list", condition=Q(list_id__isnull=False))]
        constraints = [models.CheckConstraint(condition=Q(kind__in=list(LISTS)), name="list_record_kind")]

    def __str__(self) -> str:
        return f"{self.sender} {self.kind} {self.sequence}"
