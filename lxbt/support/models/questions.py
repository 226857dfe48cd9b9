"""Questions and faults, the desks they were at, and all that was said."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from lxbt.accounts.rules import Organ
from lxbt.support.rules.questions import WAITING, Kind, State


class Question(models.Model):
    """What somebody reported, what was on the screen (the system's own words only), and where it is now.

    `desk_code`, `desk_organ`: the office that it waits at. `into`: the question it was merged into. `answer_id`: the
    known answer that was given, or was made of it.
    """

    kind = models.CharField(max_length=8, choices=[(k.value, k.name) for k in Kind])
    title = models.CharField(max_length=80)
    text = models.TextField(blank=True, help_text="long numbers covered")
    route = models.CharField(max_length=60, blank=True, help_text="name of the page's address, never the address")
    page = models.CharField(max_length=60, blank=True, help_text="what the page calls itself")
    screen = models.JSONField(default=list, help_text="pairs of part and text, the system's own words only")
    width = models.PositiveIntegerField(null=True, help_text="of the window, in pixels")
    error = models.CharField(max_length=16, blank=True, help_text="the reference of the last error page")
    roles = models.JSONField(default=list, help_text="of the reporter, then")
    focus = models.CharField(max_length=12, help_text="the area that the page showed")
    asked_by_id = models.BigIntegerField()
    asked_by_name = models.CharField(max_length=40)
    place_code = models.CharField(max_length=12)
    organ = models.CharField(max_length=16, choices=[(o.value, o.name) for o in Organ])
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=[(s.value, s.name) for s in State], default=State.OPEN)
    desk_code = models.CharField(max_length=12)
    desk_organ = models.CharField(max_length=16)
    due_on = models.DateField(help_text="last working day for this desk")
    into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    answer_id = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField(null=True, help_text="the last answer")
    first_answered_at = models.DateTimeField(null=True)
    reopened = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="how often an answer did not help")
    ended_on = models.DateField(null=True)
    followers = models.PositiveIntegerField(default=0, help_text="how many were merged into it")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in Kind]), name="question_kind"),
            models.CheckConstraint(condition=Q(state__in=[s.value for s in State]), name="question_state"),
            models.CheckConstraint(condition=~Q(into=F("id")), name="question_not_into_itself"),
            models.CheckConstraint(condition=~Q(state=State.MERGED) | Q(into__isnull=False), name="question_merged"),
            models.CheckConstraint(
                condition=Q(state__in=[State.SOLVED, State.WITHDRAWN], ended_on__isnull=False)
                | (~Q(state__in=[State.SOLVED, State.WITHDRAWN]) & Q(ended_on__isnull=True)),
                name="question_ended",
            ),
        ]
        indexes = [
            models.Index(
                fields=["desk_code", "desk_organ", "due_on"],
                name="question_desk",
                condition=Q(state__in=[s.value for s in WAITING]),
            ),
            models.Index(fields=["place_code", "-asked_at"], name="question_place"),
            models.Index(fields=["asked_by_id", "-asked_at"], name="question_asker"),
            models.Index(fields=["into"], name="question_into", condition=Q(into__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


class Desk(models.Model):
    """A stay of a question at one office: since when, until when, how long it was allowed to take."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="+")
    division_code = models.CharField(max_length=12)
    organ = models.CharField(max_length=16)
    since_at = models.DateTimeField()
    due_on = models.DateField()
    left_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True, help_text="the act that ended the stay")
    told_late_on = models.DateField(null=True, help_text="when this office and the one above were told that it is late")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question"], condition=Q(left_at__isnull=True), name="desk_one_at_a_time")
        ]
        indexes = [
            models.Index(fields=["division_code", "organ"], name="desk_office"),
            models.Index(fields=["question", "id"], name="desk_question"),
        ]

    def __str__(self) -> str:
        return f"{self.question_id} {self.division_code}"


class Entry(models.Model):
    """One thing that was said or done; never changed."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="+")
    act = models.CharField(max_length=10)
    text = models.TextField(blank=True, help_text="long numbers covered")
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True, help_text="empty: the system itself")
    by_name = models.CharField(max_length=40, blank=True)
    place_code = models.CharField(max_length=12, blank=True)
    organ = models.CharField(max_length=16, blank=True)

    class Meta:
        indexes = [models.Index(fields=["question", "id"], name="entry_question")]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.question_id} {self.act}"


class Picture(models.Model):
    """A picture that came with a question; its content lies sealed with the large files."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="+")
    file_id = models.BigIntegerField()
    media_type = models.CharField(max_length=20)
    size = models.IntegerField()
    added_at = models.DateTimeField()
    added_by_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(media_type__in=["image/jpeg", "image/png"]), name="picture_media_type")
        ]
        indexes = [models.Index(fields=["question", "id"], name="picture_question")]

    def __str__(self) -> str:
        return f"{self.question_id} {self.file_id}"
