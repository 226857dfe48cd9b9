"""Parameters are set by fields of their own, said in words, and hold when a second person agrees."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lxbt.accounts.models import User
from lxbt.core.months import Month
from lxbt.proposals.models import Proposal
from lxbt.standards import queries
from lxbt.standards.rules.schemas import SCHEMAS, read_value
from lxbt.web.standards.forms import ParameterForm
from lxbt.web.standards.parameter_fields import EDITORS, parameter_words
from tests import factories as f

SAMPLES: dict[str, Any] = {
    "stop": "same_month",
    "class_change": "next_month",
    "start": "after_decision",
    "expired_certificate": "counts",
    "after_custody": "resume",
    "recertified": {"basis": "issue", "backpay_months": 3},
    "work_injury_care": ["care"],
    "retired_cadre": [],
    "imprisoned": ["living", "care"],
    "care_needs_long_term_care": False,
    "elderly_care_higher_of": True,
    "allowances": {"养老服务补贴": {"against": ["care"], "rule": "higher_of"}},
    "procedure": [{"step": "review", "days": 5}, {"step": "decide", "days": 8}, {"step": "notice", "days": 5}],
    "funding_shares": {"province": "40", "county": "60"},
    "import_arrears_months": 3,
    "pushed_rights_a_day": 1000,
    "draw_months_ahead": 0,
    "account_days": 5,
    "federation": {"lapsed": "suspend", "expiry_months": [6, 1], "lead_days": 10},
    "bounds.dibao": {"least": "100", "change": 50},
    "bounds.standard": {"monthly_most": "2000", "back_months": 36},
    "bounds.procedure": {"steps": ["decide", "review"], "days": 20},
    "bounds.matching": {"mute_days": 60, "never_off": ["R01"]},
}


def posted(form: ParameterForm) -> dict[str, Any]:
    """What a browser would send of a form as it is shown."""
    return {name: form.initial[name] for name in form.own if name in form.initial}


def test_every_parameter_that_somebody_reads_has_a_form() -> None:
    assert {name for name in SCHEMAS if not name.startswith("match.")} == set(EDITORS) == set(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_value_is_filled_in_and_comes_out_as_it_was(name: str) -> None:
    label, editor = EDITORS[name]
    value = read_value(name, SAMPLES[name])
    form = ParameterForm(None, label=label, editor=editor, value=value, divisions=[("1", "甲")])
    again = ParameterForm(
        {**posted(form), "division": "1", "document_number": "民〔2026〕1号"},
        label=label,
        editor=editor,
        value=None,
        divisions=[("1", "甲")],
    )
    assert again.is_valid(), again.errors
    assert read_value(name, again.value()) == value
    assert not re.search(r"[{}\[\]\"]", parameter_words(name, value))


@pytest.mark.django_db
def test_a_parameter_is_proposed_by_choice_and_holds_when_another_agrees(logged_in: Callable[[User], Client]) -> None:
    f.load_places()
    drafter = logged_in(f.account("standard_drafter", f.COUNTY))
    second = logged_in(f.account("standard_publisher", f.COUNTY))
    address = reverse("parameters")
    assert "停发月份" in drafter.get(address).content.decode()
    assert drafter.get(address, {"name": "nix"}).status_code == 404
    told = {"name": "procedure", "division": f.COUNTY, "since": "2026-12", "document_number": "县民〔2026〕4号"}
    refused = drafter.post(address, told | {"review_place": 1, "review_days": 5})
    assert refused.status_code == 422
    assert "decide" in refused.content.decode()
    steps = {
        "examine_place": 1,
        "examine_days": 3,
        "review_place": 2,
        "review_days": 5,
        "decide_place": 3,
        "decide_days": 8,
    }
    notice = {"notice_place": 4, "notice_days": 5}
    assert drafter.post(address, told | steps | notice).status_code == 302
    proposal = Proposal.objects.get()
    assert queries.parameter_value("procedure", f.COUNTY, Month(2026, 12), None) is None
    second.post(reverse("proposal", args=[proposal.pk]), {"act": "accept", "digest": proposal.digest})
    held = queries.parameter_value("procedure", f.COUNTY, Month(2026, 12), None)
    assert [(one["step"], one["days"]) for one in held] == [("examine", 3), ("review", 5), ("decide", 8), ("notice", 5)]
    assert "初审 3 个工作日 → 残联审核 5 个工作日" in drafter.get(address).content.decode()
