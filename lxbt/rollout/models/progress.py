"""What was counted: a row for each county and day. And what counting needs to know: declared totals, marks."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from lxbt.core.profile import SUBSIDIES


class CountyProgress(models.Model):
    """The figures of a county on a day, see `rules.figures.County`.

    Counted again on the same day, the row is replaced.
    """

    county_code = models.CharField(max_length=12)
    day = models.DateField()
    latest = models.BooleanField(help_text="the newest of the county: what pages show")
    places = models.IntegerField()
    places_ready = models.IntegerField()
    people = models.IntegerField(help_text="accounts with a role to practise")
    trained = models.IntegerField()
    roster_month = models.DateField()
    declared = models.IntegerField(null=True)
    entered = models.IntegerField()
    matched = models.IntegerField()
    paid = models.IntegerField()
    months = models.CharField(max_length=600, help_text="a sign for each month since 2016-01")
    differing = models.IntegerField()
    active_on = models.DateField(null=True)
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county_code", "day"], name="county_progress_once"),
            models.UniqueConstraint(fields=["county_code"], condition=Q(latest=True), name="county_progress_latest"),
            models.CheckConstraint(
                condition=Q(places_ready__lte=models.F("places")) & Q(matched__lte=models.F("entered")),
                name="county_progress_parts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.county_code} {self.day}"


class StaleArea(models.Model):
    """A county, or a larger area, whose progress no longer holds; whoever counts it removes the mark."""

    area_code = models.CharField(max_length=12, primary_key=True)

    def __str__(self) -> str:
        return self.area_code


class Declared(models.Model):
    """What a county says it paid in a month, from its own books; a later declaration replaces it, the record keeps
    both.
    """

    pk = models.CompositePrimaryKey("payer_code", "month", "subsidy")
    payer_code = models.CharField(max_length=12)
    month = models.DateField()
    subsidy = models.CharField(max_length=6)
    persons = models.IntegerField()
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    declared_by_id = models.BigIntegerField(null=True)
    declared_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(subsidy__in=SUBSIDIES), name="declared_subsidy"),
            models.CheckConstraint(condition=Q(persons__gte=0) & Q(amount__gte=0), name="declared_amounts"),
        ]

    def __str__(self) -> str:
        return f"{self.payer_code} {self.month:%Y-%m} {self.subsidy}"
