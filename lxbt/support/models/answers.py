"""Known answers, and whether they helped."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q


class KnownAnswer(models.Model):
    """A question that comes up again, with its answer: for an area and all below it, of the nation for everybody.

    `tokens` are the pairs of characters of title, keywords and text; `spelt` the pinyin initials of title and keywords.
    """

    title = models.CharField(max_length=80)
    text = models.TextField()
    keywords = models.CharField(max_length=200, blank=True)
    area_code = models.CharField(max_length=12)
    organ = models.CharField(max_length=16, blank=True, help_text="empty: for every organ")
    roles = models.JSONField(default=list, help_text="empty: for every role")
    pages = ArrayField(models.CharField(max_length=60), default=list, help_text="names of the pages it belongs to")
    tokens = ArrayField(models.CharField(max_length=40), default=list)
    spelt = models.CharField(max_length=400, blank=True)
    question_id = models.BigIntegerField(null=True, help_text="the question that it was made of")
    owner_code = models.CharField(max_length=12, help_text="the office that keeps it")
    owner_organ = models.CharField(max_length=16)
    written_by_id = models.BigIntegerField()
    written_by_name = models.CharField(max_length=40)
    published_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)
    useful = models.PositiveIntegerField(default=0)
    useless = models.PositiveIntegerField(default=0)
    given = models.PositiveIntegerField(default=0, help_text="how many questions it answered")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            GinIndex(fields=["tokens"], name="known_answer_tokens", condition=Q(retired_at__isnull=True)),
            GinIndex(fields=["pages"], name="known_answer_pages", condition=Q(retired_at__isnull=True)),
            models.Index(fields=["area_code", "-id"], name="known_answer_area"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["question_id"], name="known_answer_of_question", condition=Q(question_id__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return self.title


class Vote(models.Model):
    """Whether an answer helped somebody; each account says so once, and may say otherwise later."""

    answer = models.ForeignKey(KnownAnswer, models.CASCADE, related_name="+")
    user_id = models.BigIntegerField()
    is_useful = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answer", "user_id"], name="vote_once")]

    def __str__(self) -> str:
        return f"{self.answer_id} {self.user_id}"
