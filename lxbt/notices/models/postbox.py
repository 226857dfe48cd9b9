"""Notices to an office, and who has read them."""

from __future__ import annotations

from django.db import models


class Notice(models.Model):
    """One notice to everybody of an organ, or of a role, at one division.

    `params` fill the sentence of its kind; no numbers in them.
    """

    division_code = models.CharField(max_length=12)
    organ = models.CharField(max_length=16, blank=True, help_text="empty: every organ")
    role = models.CharField(max_length=32, blank=True, help_text="empty: every role")
    user_id = models.BigIntegerField(null=True, help_text="to this account alone, not to an office")
    kind = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    person_id = models.BigIntegerField(null=True, help_text="whom it is about, and where it leads to")
    posted_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["division_code", "-id"], name="notice_place"),
            models.Index(fields=["user_id", "-id"], name="notice_user", condition=models.Q(user_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.division_code} {self.kind}"


class Receipt(models.Model):
    """Who read a notice, and when."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="+")
    user_id = models.BigIntegerField()
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "notice"], name="receipt_once")]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.user_id}"
