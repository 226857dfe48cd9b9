"""What is known of a person now, each with its source and the day it was received."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lxbt.core.clock import beijing_day
from lxbt.core.months import Month, age_in
from lxbt.core.profile import DISABLED, read_components, write_value
from lxbt.divisions import queries as divisions
from lxbt.entitlements import queries as rights
from lxbt.entitlements.source_words import source_word as source_word
from lxbt.leads.queries import following_everywhere
from lxbt.registry import queries as registry
from lxbt.registry.queries.federation import freshness_of
from lxbt.web import words
from lxbt.web.kit.access import OfficialRequest
from lxbt.web.kit.components import Fact, MaskedValue
from lxbt.web.kit.sight import may_see_number, sight_of

TOLD_THERE = ("certificate", "division", "birth", "died_on")  # what the Federation's records say


def masked_number(request: OfficialRequest, person: Any, kind: str, text: str) -> MaskedValue:
    """A masked number with its eye, for those who may ask."""
    url = reverse("reveal", args=[person.pk, kind]) if may_see_number(request, person.division_code, kind) else ""
    label = {
        "id": _("%(name)s的身份证号"),
        "certificate": _("%(name)s的残疾人证号"),
        "account": _("%(name)s的账号"),
        "phone": _("%(name)s的手机号"),
    }[kind]
    return MaskedValue(text, url, label % {"name": person.name})


def certificate_words(certificate: Any) -> str:
    """肢体三级; 多重一级（视力一级、言语二级）; 残疾军人证五级."""
    kind = getattr(certificate, "kind", DISABLED)
    if kind != DISABLED:
        return f"{words.CREDENTIALS[kind]}{words.ALL_GRADES[certificate.grade]}"
    own = _class_words(certificate.category, certificate.grade)
    parts = read_components([write_value("", one) for one in getattr(certificate, "components", ())], "components")
    made_of = words.listed([_class_words(one.category, one.grade) for one in parts])
    return _("%(own)s（%(parts)s）") % {"own": own, "parts": made_of} if made_of else own


def _class_words(category: str | None, grade: int) -> str:
    return _("%(category)s%(grade)s") % {"category": words.CATEGORIES[category or ""], "grade": words.ALL_GRADES[grade]}


def benefits_words(benefits: Any) -> str:
    """Other benefits held, with their amounts; 无 where there are none."""
    held = []
    for key, label in words.BENEFITS.items():
        value = getattr(benefits, key)
        if value and value is not True and key != "de_facto_orphan":
            held.append(f"{label} {value:,.2f}")
        elif value:
            held.append(str(label))
    held += [f"{name} {yuan:,.2f}" for name, yuan in benefits.allowances]
    return words.listed(held) or _("无")


def latest_sources(person_id: int, known: tuple[list[Any], list[Any]] | None = None) -> dict[str, tuple[str, date]]:
    """Key -> (source, day received) of what was recorded last."""
    facts, certificates = known or (registry.facts_of(person_id), registry.certificates_of(person_id))
    found = {fact.key: (fact.source, fact.received_on) for fact in facts}
    for certificate in certificates:
        found["certificate"] = (certificate.source, certificate.received_on)
    return found


@dataclass(frozen=True)
class Confirmed:
    """When the Federation last confirmed a person's facts, in words, and whether that is longer ago than the place
    allows.
    """

    words: str = ""
    stale: bool = False


def confirmed_for(person_id: int, division_code: str, today: date) -> Confirmed:
    """残联库 11-24 09:12 确认; nothing for persons whom the Federation has not told of."""
    fresh = freshness_of([person_id]).get(person_id)
    if fresh is None:
        return Confirmed()
    at = timezone.localtime(fresh.confirmed_at)
    allowed = following_everywhere()(division_code, Month.of(today)).stale_days
    year = f"{at:%Y-}" if at.year != today.year else ""
    return Confirmed(
        _("残联库 %(at)s 确认") % {"at": f"{year}{at:%m-%d %H:%M}"},
        (today - beijing_day(fresh.confirmed_at)).days > allowed,
    )


def known_more(profile: Any) -> list[tuple[str, str, str]]:
    """What many schemes never ask for, as far as it is known: (key, label, value)."""
    ratio, own, steady = profile.income_ratio, profile.own_income, profile.steady_income
    told = [
        ("income_ratio", _("家庭人均收入 / 低保标准"), "" if ratio is None else f"{ratio.normalize():f}"),
        ("own_income", _("本人月收入"), "" if own is None else f"{own:,.2f}"),
        ("steady_income", _("固定收入"), "" if steady is None else str(words.YES_NO[steady])),
        ("pension", _("养老保险待遇"), str(words.PENSIONS.get(profile.pension or "", ""))),
        ("household", _("特殊家庭"), words.listed([str(words.HOUSEHOLD[one]) for one in profile.household])),
        ("marks", _("标记"), words.listed(list(profile.marks))),
    ]
    return [(key, label, value) for key, label, value in told if value]


def facts_now(
    request: OfficialRequest,
    person_id: int,
    month: Month,
    *,
    person: Any = None,
    confirmed: Any = None,
    profile: Any = None,
    known: tuple[list[Any], list[Any]] | None = None,
) -> list[Fact]:
    """The facts that decide a case, as they hold in `month`; what the page has read already is given (`known`: facts,
    certificates).
    """
    person = person or registry.person(person_id)
    profile = profile or rights.profile_in(person_id, month)
    if person is None or profile is None:
        return []
    sources = latest_sources(person_id, known)
    confirmed = confirmed or confirmed_for(person_id, person.division_code, request.today)
    numbers = {row.kind: row.masked for row in registry.identifiers_of(person_id)}
    sight = sight_of(request, person.division_code)
    account = registry.current_account(person_id) if sight.accounts else None

    def fact(label: str, value: Any, key: str, **more: Any) -> Fact:
        source, received = sources.get(key, ("", None))
        if source == "federation" and key in TOLD_THERE and confirmed.words:
            return Fact(label, value, confirmed.words, late=confirmed.stale, **more)
        return Fact(label, value, source_word(source) if source else "", received, **more)

    found = [
        fact(
            _("姓名 / 性别"),
            f"{person.name} · {words.SEXES[person.sex]} · " + _("%(n)d 岁") % {"n": age_in(person.birth, month)},
            "birth",
            strong=True,
        ),
        fact(_("身份证号"), masked_number(request, person, "id", numbers.get("id", "—")), "birth"),
        fact(_("户籍"), divisions.full_name_of(person.division_code) + person.address, "division"),
    ]
    certificate = profile.certificate
    if not sight.disability:
        pass
    elif certificate is None:
        found.append(Fact(_("残疾人证"), _("无"), look=True))
    else:
        gone = certificate.valid_until is not None and Month.of(certificate.valid_until) < month
        until = _("有效至 %(day)s") % {"day": certificate.valid_until} if certificate.valid_until else ""
        found.append(
            fact(
                _("残疾人证"),
                f"{certificate_words(certificate)} · {until}" if until else certificate_words(certificate),
                "certificate",
                strong=True,
                look=gone or bool(certificate.frozen_on or certificate.cancelled_on),
            )
        )
        if "certificate" in numbers:
            found.append(
                fact(_("证号"), masked_number(request, person, "certificate", numbers["certificate"]), "certificate")
            )
    other = benefits_words(profile.other_benefits)
    household = [
        fact(_("户口性质"), str(words.AREAS.get(profile.area or "", "—")), "area"),
        fact(
            _("家庭经济"),
            str(words.ECONOMIC.get(profile.economic or "", "—")),
            "economic",
            strong=True,
            look=profile.economic == "destitute",
        ),
        fact(_("其他待遇"), other, "other_benefits", look=other != _("无")),
        fact(_("就业"), str(words.EMPLOYMENT.get(profile.employment or "", "—")), "employment"),
        *(fact(label, value, key) for key, label, value in known_more(profile)),
    ]
    care = [
        fact(_("长期照护"), _("需要 6 个月以上") if profile.long_term_care else _("不需要"), "long_term_care"),
        fact(_("自理能力"), str(words.SELF_CARE.get(profile.self_care or "", "—")), "self_care"),
        fact(_("照护方式"), str(words.CARE_SETTINGS.get(profile.care_setting or "", "—")), "care_setting"),
    ]
    found += (household if sight.household else []) + (care if sight.disability else [])
    if person.phone_masked:
        found.append(
            Fact(_("手机"), masked_number(request, person, "phone", person.phone_masked), source_word("declared"))
        )
    if account is not None:
        found.append(
            Fact(
                _("收款账户"),
                masked_number(request, person, "account", f"{account.bank} {account.masked}"),
                source_word("declared"),
                account.since,
                look=account.state == "bad",
            )
        )
    for key, label in (("died_on", _("死亡")), ("moved_out_on", _("户籍迁出")), ("imprisoned_on", _("服刑"))):
        if getattr(profile, key) and sight.fact(key):
            found.append(fact(label, f"{getattr(profile, key)}", key, look=True))
    return found
