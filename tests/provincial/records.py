"""Records that a province's program sends."""

from __future__ import annotations

from typing import Any

from tests.imports.county import TOWNSHIP, identity


def person(number: int = 1, **other: Any) -> dict[str, Any]:
    told = {
        "ref": f"P{number}",
        "name": "张三",
        "identity_number": identity(number),
        "certificate_number": identity(number) + "41",
        "economic": "农村低保",
        "area": "农村",
        "division": TOWNSHIP,
        "phone": "13800000000",
    }
    return told | other


def payment(number: int = 1, month: str = "2026-03", **other: Any) -> dict[str, Any]:
    told = {
        "ref": f"Z{number}-{month}",
        "name": "张三",
        "identity_number": identity(number),
        "month": month,
        "subsidy": "护理补贴",
        "amount": "100.00",
        "division": TOWNSHIP,
    }
    return told | other


def right(number: int = 1, **other: Any) -> dict[str, Any]:
    told = person(
        number,
        ref=f"R{number}",
        subsidy="护理补贴",
        since_month="2020-01",
        account_number=f"62284800000{number:08d}",
        bank="农商行",
    )
    return told | other


def change(number: int = 1, **other: Any) -> dict[str, Any]:
    return {
        "ref": f"C{number}",
        "name": "张三",
        "identity_number": identity(number),
        "subsidy": "护理补贴",
        "change": "停发",
        "month": "2026-05",
        "reason": "死亡",
        "division": TOWNSHIP,
    } | other


def application(number: int = 1, **other: Any) -> dict[str, Any]:
    told = {
        "ref": f"A{number}",
        "name": "张三",
        "identity_number": identity(number),
        "subsidy": "护理补贴",
        "applied_on": "2026-02-03",
        "accepted_on": "2026-02-03",
        "reviewed_on": "2026-02-10",
        "decision": "同意",
        "decided_on": "2026-02-20",
        "division": TOWNSHIP,
    }
    return told | other


MAKERS = {"persons": person, "payments": payment, "rights": right, "changes": change, "applications": application}
