"""Who receives which subsidy, as it travels to a partner: the Beneficiary of the Integrated Beneficiary Registry. Pure.

A partner is given the fields that were granted to it and no others; the token is always there, for without it nothing
could be asked again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

IBR, SOCIAL = "ns:org:RegistryType:IBR", "ns:org:RegistryType:Social"
RECORD_TYPE = "spdci-extensions-dci:Member"
IDENTITY_TYPES = ("UIN", "CN.RIC")
CERTIFICATE_TYPE = "DRN"
EVENTS = ("enrollement", "enrollement_status_change", "REGISTER")  # spelled so in the specification
FIELDS = ("name", "sex", "birth", "division", "identity", "certificate", "benefits")  # what can be granted
ATTRIBUTES = ("division_code", "subsidy", "birth_date", "age", "sex", "enrollment_date", "enrollment_status", "name")
NEEDS = {
    "name": "name",
    "sex": "sex",
    "birth_date": "birth",
    "age": "birth",
    "division_code": "division",
}  # asking by an attribute tells of it

ACTIVE, DECEASED, GRADUATED, SUSPENDED = "1", "2", "3", "4"
PROGRAMMES = {
    "living": {
        "programme_identifier": {"identifier_type": "CN.PROGRAMME", "identifier_value": "CN.LXBT.LIVING"},
        "programme_name": "困难残疾人生活补贴",
        "programme_description": "Living allowance for persons with disabilities in hardship",
    },
    "care": {
        "programme_identifier": {"identifier_type": "CN.PROGRAMME", "identifier_value": "CN.LXBT.CARE"},
        "programme_name": "重度残疾人护理补贴",
        "programme_description": "Nursing allowance for persons with severe disabilities",
    },
}
COMMON = {"legal_status": "1", "social_protection_functions": ["2"], "contribution_type": "3", "programme_type": "3"}


@dataclass(frozen=True, slots=True)
class Held:
    """A subsidy held: since when, whether it is paid, and the amount of a month where it is known, in yuan."""

    subsidy: str
    since: date
    status: str
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Beneficiary:
    """A person with what is held. Numbers are in full: what a partner sees of them is decided when it is written."""

    person_id: int
    name: str
    sex: str
    birth: date
    division_code: str
    identity_number: str
    certificate_number: str
    registered_at: datetime
    held: tuple[Held, ...]


def member(one: Beneficiary, *, token: str, namespace: str, fields: Collection[str]) -> dict[str, Any]:
    """The Member object with the granted fields."""
    identifiers = [{"identifier_type": namespace, "identifier_value": token}]
    if "identity" in fields and one.identity_number:
        identifiers.append({"identifier_type": IDENTITY_TYPES[0], "identifier_value": one.identity_number})
    if "certificate" in fields and one.certificate_number:
        identifiers.append({"identifier_type": CERTIFICATE_TYPE, "identifier_value": one.certificate_number})
    person: dict[str, Any] = {}
    if "name" in fields:
        person["name"] = {"surname": one.name[:1], "given_name": one.name[1:]}
    if "sex" in fields:
        person["sex"] = one.sex
    if "birth" in fields:
        person["birth_date"] = one.birth.isoformat()
    if "division" in fields:
        person["address"] = {
            "region_code": one.division_code[:6],
            "sub_region_code": one.division_code,
            "country_code": "CHN",
        }
    return {"member_identifier": identifiers, "demographic_info": person, "is_disabled": True}


def beneficiary_records(
    one: Beneficiary, *, token: str, namespace: str, fields: Collection[str]
) -> list[dict[str, Any]]:
    """A Beneficiary object for each subsidy held."""
    told = member(one, token=token, namespace=namespace, fields=fields)
    found = []
    for held in one.held:
        record: dict[str, Any] = {
            "assistance_unit": "1",
            "member": told,
            "programme_identifier": PROGRAMMES[held.subsidy] | COMMON,
            "enrollment_date": held.since.isoformat(),
            "enrollment_status": held.status,
        }
        if "benefits" in fields and held.amount is not None:
            record["benefits"] = [
                {"benefit_type": "1", "benefit_value": f"{held.amount:.2f}", "benefit_description": "CNY a month"}
            ]
        found.append(record)
    return found


def social_record(one: Beneficiary, *, token: str, namespace: str, fields: Collection[str]) -> dict[str, Any]:
    """The same person as a Member of a social registry, with the programmes as an attribute."""
    told = member(one, token=token, namespace=namespace, fields=fields)
    return told | {
        "additional_attributes": {
            "programmes": [PROGRAMMES[held.subsidy]["programme_identifier"]["identifier_value"] for held in one.held]  # type: ignore[index]
        }
    }
