"""Addresses of support."""

from __future__ import annotations

from django.urls import path

from lxbt.web.support import answers, asking, directory, listing, question, status

urlpatterns = [
    path("support/", listing.questions, name="questions"),
    path("support/new/", asking.question_new, name="question_new"),
    path("support/new/near/", asking.question_near, name="question_near"),
    path("support/new/screen/", asking.question_screen, name="question_screen"),
    path("support/export/", listing.questions_export, name="questions_export"),
    path("support/clocks/", listing.question_clocks, name="question_clocks"),
    path("support/clocks/export/", listing.question_clocks_export, name="question_clocks_export"),
    path("support/<int:question_id>/", question.question, name="question"),
    path("support/<int:question_id>/pictures/<int:picture_id>/", question.question_picture, name="question_picture"),
    path("answers/", answers.answers, name="answers"),
    path("answers/new/", answers.answer_new, name="answer_new"),
    path("answers/<int:answer_id>/", answers.answer, name="answer"),
    path("answers/<int:answer_id>/edit/", answers.answer_edit, name="answer_edit"),
    path("directory/", directory.directory, name="directory"),
    path("directory/export/", directory.directory_export, name="directory_export"),
    path("directory/<str:code>/<str:organ>/", directory.office, name="office"),
    path("status/", status.status, name="status"),
]
