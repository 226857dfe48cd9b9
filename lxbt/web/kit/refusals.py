"""How a door shows a refusal: at its field of the form when it names one, else at the head of the form."""

from __future__ import annotations

from django import forms

from lxbt.core.refusal import Refusal


def show_refusal(form: forms.Form, refusal: Refusal) -> None:
    """Add the refusal's sentence to the form."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
