"""Published numbers: roll-ups by month, division and subsidy, and by class. Pages read these, never the items."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

MONEY = {"max_digits": 16, "decimal_places": 2, "default": 0}


class Figure(models.Model):
    """One month of one division, at any level, for one subsidy. Amounts in yuan; the month is that of the batch."""

    month = models.DateField()
    division_code = models.CharField(max_length=12)
    level = models.PositiveSmallIntegerField()
    subsidy = models.CharField(max_length=6)
    persons = models.IntegerField(default=0, help_text="with money for the month itself")
    started = models.IntegerField(default=0, help_text="of these, not in the month before")
    stopped = models.IntegerField(default=0, help_text="in the month before, not in this one")
    items = models.IntegerField(default=0)
    regular = models.DecimalField(**MONEY)  # type: ignore[arg-type]
    arrears = models.DecimalField(**MONEY)  # type: ignore[arg-type]
    recovery = models.DecimalField(help_text="negative", **MONEY)  # type: ignore[arg-type]
    failed = models.IntegerField(default=0, help_text="lines that came back and are not sent again")
    counted_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["month", "division_code", "subsidy"], name="figure_once")]
        indexes = [
            models.Index(fields=["level", "month", "division_code"], name="figure_level"),
            models.Index(fields=["division_code", "month"], name="figure_place"),
        ]

    def __str__(self) -> str:
        return f"{self.division_code} {self.month:%Y-%m} {self.subsidy}"


class ClassFigure(models.Model):
    """Persons and money of a county in a month by one class: grade, category, economic class, urban or rural."""

    month = models.DateField()
    division_code = models.CharField(max_length=12, help_text="the county")
    subsidy = models.CharField(max_length=6)
    dimension = models.CharField(max_length=10)
    value = models.CharField(max_length=24)
    persons = models.IntegerField()
    amount = models.DecimalField(**MONEY)  # type: ignore[arg-type]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "division_code", "subsidy", "dimension", "value"], name="class_figure_once"
            )
        ]
        indexes = [models.Index(fields=["division_code", "month"], name="class_figure_place")]

    def __str__(self) -> str:
        return f"{self.division_code} {self.month:%Y-%m} {self.dimension} {self.value}"


class Coverage(models.Model):
    """Certificates against rights, of one division at any level: persons, as they stood when counted."""

    division_code = models.CharField(max_length=12, primary_key=True)
    certified = models.IntegerField(help_text="with a certificate in force")
    severe = models.IntegerField(help_text="of these, grade 1 or 2")
    dibao = models.IntegerField(help_text="of these, in a 低保 or 低保边缘 family")
    living = models.IntegerField(help_text="with a certificate in force and the right granted")
    care = models.IntegerField()
    severe_without = models.IntegerField(help_text="grade 1 or 2 without care: to be looked at")
    dibao_without = models.IntegerField(help_text="低保 or 低保边缘 without living: to be looked at")
    lapsed = models.IntegerField(help_text="the right granted or suspended, the certificate no longer in force")
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.division_code
