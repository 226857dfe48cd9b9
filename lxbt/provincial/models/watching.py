"""Both sides' manifests and where they differ, what is told to provinces, and how long each was silent."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from lxbt.core.profile import SUBSIDIES
from lxbt.provincial.models.clients import Client
from lxbt.provincial.rules.events import EVENTS, STATES


class PersonHandle(models.Model):
    """How a person is called in the manifests of one client (`rules.handles`): kept, since it takes opening a number to
    know it.
    """

    pk = models.CompositePrimaryKey("person_id", "client_id")
    person_id = models.BigIntegerField()
    client_id = models.BigIntegerField()
    handle = models.BinaryField(help_text="16 bytes")

    class Meta:
        indexes = [models.Index(fields=["client_id", "handle"], name="provincial_handle")]

    def __str__(self) -> str:
        return f"{self.client_id} {self.person_id}"


class ManifestRow(models.Model):
    """One row of a day's manifest of one side: what was paid of a county, month and subsidy."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="+")
    day = models.DateField()
    side = models.CharField(max_length=6, help_text="ours, or theirs")
    county_code = models.CharField(max_length=12)
    month = models.DateField()
    subsidy = models.CharField(max_length=6)
    count = models.IntegerField()
    fen = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client", "day", "side", "month", "county_code", "subsidy"], name="provincial_manifest_once"
            ),
            models.CheckConstraint(condition=Q(side__in=["ours", "theirs"]), name="provincial_manifest_side"),
            models.CheckConstraint(condition=Q(month__day=1), name="provincial_manifest_month"),
            models.CheckConstraint(condition=Q(subsidy__in=SUBSIDIES), name="provincial_manifest_subsidy"),
            models.CheckConstraint(condition=Q(count__gte=0), name="provincial_manifest_count"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.side} {self.county_code} {self.month:%Y-%m}"


class Comparison(models.Model):
    """Manifests of a day that were compared."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="+")
    day = models.DateField()
    compared_at = models.DateTimeField()
    months = models.JSONField(help_text="YYYY-MM")
    rows = models.IntegerField()
    different = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["client", "-compared_at"], name="provincial_comparison_last")]

    def __str__(self) -> str:
        return f"{self.client_id} {self.day}"


class Difference(models.Model):
    """A county, month and subsidy of which both sides do not hold the same; open until they are found equal."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="+")
    county_code = models.CharField(max_length=12)
    month = models.DateField()
    subsidy = models.CharField(max_length=6)
    ours_count = models.IntegerField()
    ours_fen = models.BigIntegerField()
    theirs_count = models.IntegerField()
    theirs_fen = models.BigIntegerField()
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField(help_text="last compared")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client", "month", "county_code", "subsidy"],
                condition=Q(closed_at__isnull=True),
                name="provincial_difference_once",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="provincial_difference_month"),
        ]
        indexes = [
            models.Index(
                fields=["county_code", "month"], name="provincial_difference_place", condition=Q(closed_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.county_code} {self.month:%Y-%m} {self.subsidy}"


class DifferentPerson(models.Model):
    """A person of a difference, as far as the client told of persons: fen on each side, null for nothing."""

    difference = models.ForeignKey(Difference, models.CASCADE, related_name="+")
    handle = models.BinaryField(help_text="16 bytes")
    person_id = models.BigIntegerField(
        null=True, help_text="null: the client has pushed nothing of the person that was taken"
    )
    ours_fen = models.BigIntegerField(null=True)
    theirs_fen = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["difference", "handle"], name="provincial_different_once")]
        indexes = [models.Index(fields=["person_id"], name="provincial_different_person")]

    def __str__(self) -> str:
        return f"{self.difference_id} {self.person_id}"


class Webhook(models.Model):
    """Where a client is told of events: the one address that it registered itself."""

    client = models.OneToOneField(Client, models.CASCADE, primary_key=True, related_name="+")
    url = models.CharField(max_length=300)
    events = models.JSONField(default=list)
    set_at = models.DateTimeField()
    failures = models.PositiveSmallIntegerField(default=0, help_text="in a row")
    next_at = models.DateTimeField(null=True, help_text="nothing is sent before")
    state = models.CharField(max_length=6, default="closed", help_text="of the circuit breaker")
    answered_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["closed", "open", "half"]), name="provincial_webhook_state")
        ]

    def __str__(self) -> str:
        return str(self.client_id)


class Delivery(models.Model):
    """An event on its way to a client. The state in the table is the queue."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="+")
    delivery_id = models.CharField(max_length=36, unique=True)
    event = models.CharField(max_length=24)
    body = models.BinaryField(help_text="sealed")
    state = models.CharField(max_length=7, default="waiting")
    attempts = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    next_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    status = models.SmallIntegerField(null=True, help_text="HTTP, of the last answer")
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="provincial_delivery_state"),
            models.CheckConstraint(condition=Q(event__in=EVENTS), name="provincial_delivery_event"),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="provincial_delivery_due", condition=Q(state="waiting")),
            models.Index(fields=["client", "-made_at"], name="provincial_delivery_client"),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.event}"


class Activity(models.Model):
    """What a client said on a day."""

    pk = models.CompositePrimaryKey("client_id", "day")
    client_id = models.BigIntegerField()
    day = models.DateField()
    pushes = models.IntegerField(default=0, help_text="requests that were taken")
    rows = models.BigIntegerField(default=0)
    errors = models.BigIntegerField(default=0, help_text="rows refused, and requests that could not be taken")
    last_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.client_id} {self.day}"
