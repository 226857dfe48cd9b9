"""Form fields that read as every other door does: the readers of `core`, their sentences under the field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from lxbt.core.clock import Now
from lxbt.core.folding import visible
from lxbt.core.readers import (
    READING,
    BadValue,
    clean,
    read_account,
    read_certificate,
    read_identity,
    read_month,
    read_name,
    read_phone,
)
from lxbt.core.readers.times import read_any_month
from lxbt.core.readers.whole import whole_number
from lxbt.web.kit.access import OfficialRequest
from lxbt.web.words import translated


def sentence(code: str) -> str:
    """What is wrong and how to mend it, as a file's report says it."""
    words = READING[code]
    return _("%(problem)s。%(mend)s。") % {"problem": translated(words.problem), "mend": translated(words.mend)}


class ReadField(forms.CharField):
    """Text that a reader of `core` takes or refuses; an empty one is as the field says it may be."""

    def __init__(self, *, read: Callable[[str], object], **more: Any) -> None:
        self.read = read
        super().__init__(**more)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return text
        try:
            read = self.read(text)
        except BadValue as bad:
            raise forms.ValidationError(sentence(bad.code), code=bad.code) from None
        return super().clean("") if read is None else read


def NameField(**more: Any) -> ReadField:
    """A person's name, in the one way of writing it."""
    return ReadField(read=read_name, **{"max_length": 120, **more})


def IdentityField(**more: Any) -> ReadField:
    """An identity number of 18, of somebody born by today."""
    return ReadField(read=lambda text: read_identity(text, Now.read().on), **{"max_length": 40, **more})


def CertificateField(**more: Any) -> ReadField:
    """A certificate number of 20, with its mark of re-issue."""
    return ReadField(read=read_certificate, **{"max_length": 40, **more})


def AccountField(**more: Any) -> ReadField:
    """A bank account number."""
    return ReadField(read=read_account, **{"max_length": 60, **more})


def PhoneField(**more: Any) -> ReadField:
    """A telephone number, or several with commas."""
    return ReadField(read=read_phone, **{"max_length": 60, **more})


def MonthField(*, any_year: bool = False, **more: Any) -> ReadField:
    """A month as `Month`: 2016-01 to the one after this, or with `any_year` from 1949 on; empty is the empty text."""
    read: Callable[[str], object] = read_any_month if any_year else (lambda text: read_month(text, Now.read().on))
    return ReadField(read=read, **{"max_length": 20, **more})


class DayField(forms.DateField):
    """A day as every door takes it, from 1900 to 2099: so that the days and months beside it can be counted too."""

    def to_python(self, value: Any) -> date | None:
        day = super().to_python(value)
        if day is not None and not 1900 <= day.year < 2100:
            raise forms.ValidationError(sentence("day_form"), code="day_form")
        return day


def TextField(**more: Any) -> ReadField:
    """A line of text without what is not seen."""
    return ReadField(read=lambda text: clean(text) or None, **more)


def ProseField(**more: Any) -> ReadField:
    """A sentence by a human being, a reason for instance: kept as written, without what is not seen."""
    return ReadField(read=lambda text: visible(text) or None, **more)


__all__ = [
    "AccountField",
    "CertificateField",
    "DayField",
    "IdentityField",
    "MonthField",
    "NameField",
    "PhoneField",
    "ProseField",
    "ReadField",
    "TextField",
    "sentence",
]


def version_of(request: OfficialRequest) -> int:
    """The version that the form was opened with."""
    text = request.POST.get("version", "")
    return whole_number(text) or 0
