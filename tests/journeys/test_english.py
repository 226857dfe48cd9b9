"""An official who reads English finds every page in English; only names, places and what was written in Chinese stays
so.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.utils import timezone

from lxbt.accounts.models import User
from lxbt.accounts.rules import DEMONSTRATION_PASSWORD
from lxbt.applications.models import Application
from lxbt.divisions.operations import load_divisions, rows_of_data
from lxbt.payments.models import Batch, Item, Recovery
from lxbt.standards.models import Standard
from tests.journeys.conftest import Visitor

COUNTY = "420102"
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+")
DOCUMENT = re.compile(
    r"[\u4e00-\u9fff]{1,3}〔\d{4}〕\d+号( [\u4e00-\u9fff]（[\u4e00-\u9fff]）)?"
)  # a document and its clause
SEEN_AND_HEARD = """() => {
    let shown = document.body.innerText;
    for (const place of document.querySelectorAll(".chart-map svg text")) shown = shown.replace(place.textContent, "");
    for (const text of document.querySelectorAll("main [lang='zh-Hans']")) shown = shown.replace(text.innerText, "");
    const said = [document.title, shown];
    for (const name of ["title", "aria-label", "placeholder", "alt", "data-label", "data-reveal-label"])
        for (const node of document.querySelectorAll(`[${name}]`)) if (!node.closest("[lang='zh-Hans']"))
            said.push(node.getAttribute(name));
    for (const data of document.querySelectorAll("script[type='application/json']"))
        said.push(JSON.stringify(JSON.parse(data.textContent)));
    return said.join("\\n");
}"""
TOO_WIDE = """() => [document.documentElement,
    ...document.querySelectorAll(".card, .btn, .chip, .nav-item, .tabs, .fact")]
    .filter(node => node.scrollWidth > node.clientWidth + 1 && node.clientWidth > 0)
    .filter(node => getComputedStyle(node).overflowX === "visible")
    .map(node => `${node.tagName}.${node.className}: ${node.innerText.slice(0, 40)}`)"""


@pytest.mark.django_db(transaction=True)
def test_every_role_works_in_english(visitor: Callable[..., Visitor]) -> None:
    given_a_county_in_full_swing()
    written = what_people_wrote_in_chinese()

    looked: set[str] = set()
    stranger = visitor()
    when_english_is_chosen_at_log_in(stranger)
    faults = what_is_not_english(stranger, "login", written, looked)

    county, township = f"{COUNTY}000000", f"{COUNTY}002000"
    case = Application.objects.filter(division_code=township, state="open", step="examine").first()
    assert case is not None
    person = case.person_id
    paid = (
        Item.objects.filter(division_code=township, kind="arrears").first()
        or Item.objects.filter(division_code=township)[0]
    )
    batches = {batch.state: batch.pk for batch in Batch.objects.filter(payer_code=county).order_by("month")}
    owed = Recovery.objects.filter(state__in=("open", "partly"), division_code__startswith=COUNTY).first()
    standard = Standard.objects.filter(division_code="420000000000", state="published")[0]

    for username, pages in {
        f"{COUNTY}002_clerk": {
            "workbench": "/",
            "inbox": "/inbox/",
            "inbox-late": "/inbox/?tab=late",
            "applications": "/applications/",
            "application-new": "/applications/new/",
            "case": f"/applications/{case.number}/",
            "receipt": f"/applications/{case.number}/receipt/",
            "persons": "/persons/",
            "person": f"/persons/{person}/",
            "person-paid": f"/persons/{paid.person_id}/",
            "person-change": f"/persons/{person}/change/",
            "person-account": f"/persons/{person}/account/",
            "failed": "/failed/",
            "help": "/help/",
            "profile": "/profile/",
            "password": "/password/",
            "area": "/area/",
            "divisions": "/divisions/",
        },
        f"{COUNTY}_reviewer": {"inbox-review": "/inbox/", **one_case("review")},
        f"{COUNTY}_decider": {"workbench-county": "/", **one_case("decide")},
        f"{COUNTY}_officer": {
            "batches": "/batches/",
            "draw": "/batches/draw/",
            "results": "/results/",
            "recoveries": "/recoveries/",
            **{f"batch-{state}": f"/batches/{key}/" for state, key in batches.items()},
            **{
                f"batch-{show}": f"/batches/{batches['settled']}/?show={show}"
                for show in ("differs", "arrears", "recovery", "held")
            },
            "explanation": f"/items/{paid.person_id}/{paid.subsidy}/{paid.right_month:%Y-%m}/{paid.seq}/",
            **({"recovery": f"/recoveries/{owed.person_id}/{owed.batch_id}/{owed.subsidy}/"} if owed else {}),
        },
        f"{COUNTY}_approver": {
            f"batch-to-approve-{state}": f"/batches/{key}/" for state, key in batches.items() if state != "settled"
        },
        "42_standards": {
            "standards": "/standards/",
            "standard": f"/standards/{standard.pk}/",
            "standard-new": "/standards/new/",
            "dibao-new": "/standards/dibao/new/",
            "parameters": "/parameters/",
        },
        "00_supervisor": {"statistics": "/statistics/", "statistics-province": "/statistics/?code=420000000000"},
        f"{COUNTY}_admin": {"accounts": "/accounts/", "account-new": "/accounts/new/"},
        "00_auditor": {"audit": "/audit/"},
    }.items():
        reader = visitor()
        when_english_is_chosen_at_log_in(reader)
        reader.log_in(username, DEMONSTRATION_PASSWORD)
        for name, address in pages.items():
            reader.open(address)
            faults += what_is_not_english(reader, name, written, looked)

    again = visitor()
    again.log_in("00_auditor", DEMONSTRATION_PASSWORD)
    faults += what_is_not_english(again, "another-machine", written, looked)
    again.open("/nothing/here/")
    again.problems.clear()  # the browser notes that the page was not found
    faults += what_is_not_english(again, "not-found", written, looked)
    assert not faults, "\n".join(faults)
    again.open("/audit/")
    again.presses("button[name=language] >> visible=true")
    assert again.page.get_attribute("html", "lang") == "zh-Hans"
    again.sees("操作记录")


def given_a_county_in_full_swing() -> None:
    """A small demonstration: payments of eight months, applications at every step."""
    load_divisions(only=[row["code"] for row in rows_of_data() if row["code"].startswith((COUNTY, "420103", "441900"))])
    call_command("demo", persons=400, on=timezone.localdate(), stdout=StringIO(), stderr=StringIO(), skip_checks=True)


def one_case(step: str) -> dict[str, str]:
    """A case of the county that waits at a step."""
    found = Application.objects.filter(division_code__startswith=COUNTY, state="open", step=step).first()
    return {f"case-{step}": f"/applications/{found.number}/"} if found else {}


def what_people_wrote_in_chinese() -> list[str]:
    """Names, places, documents and opinions: every Chinese text of the database, the longest first."""
    found: set[str] = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if model._meta.app_label in {
                "divisions",
                "accounts",
                "registry",
                "applications",
                "standards",
                "payments",
                "entitlements",
                "notices",
                "rollout",
                "support",
                "audit",
            } and isinstance(field, models.CharField | models.TextField):
                found.update(
                    text
                    for text in model._default_manager.values_list(field.name, flat=True).distinct()
                    if text and CHINESE.search(text)
                )
    initials = {text[0] for text in User.objects.values_list("name", flat=True)}  # the mark beside the name
    return sorted(found | initials, key=len, reverse=True)


def when_english_is_chosen_at_log_in(visitor: Visitor) -> None:
    visitor.open("/login/")
    assert visitor.page.get_attribute("html", "lang") == "zh-Hans"
    visitor.presses("button[name=language][value=en] >> visible=true")


def what_is_not_english(visitor: Visitor, name: str, written: list[str], looked: set[str]) -> list[str]:
    """What is left in Chinese on the page, besides what people wrote, what axe finds and what does not fit; nothing on
    a good page.
    """
    faults = []
    shape = re.sub(r"\d[\w-]*|\?.*", "#", visitor.page.url.removeprefix(visitor.address))
    if shape not in looked:  # a page of the same shape was looked at by another role: its words still count
        looked.add(shape)
        try:
            visitor.looked_at(f"en-{name}")
        except AssertionError as found:
            faults.append(str(found))
            visitor.problems.clear()
    if visitor.page.get_attribute("html", "lang") != "en":
        faults.append(f"{name}: the page does not say that it is in English")
    faults += [f"{name}: too wide: {node}" for node in visitor.page.evaluate(TOO_WIDE)]
    said = re.sub(r"简体中文|中文\n", "\n", visitor.page.evaluate(SEEN_AND_HEARD))  # the way back
    for text in written:
        said = said.replace(text, "")
    left = sorted(set(CHINESE.findall(DOCUMENT.sub("", said))))
    return faults + ([f"{name} ({visitor.page.url}): {left}"] if left else [])
