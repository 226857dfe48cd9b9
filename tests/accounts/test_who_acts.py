"""Every operation that moves money, rights, standards or access looks at the standing of who acts, whichever door
called.

Read from the code: what has a `by` must reach a question about standing, or stand below with the reason why it need
not.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest

import lxbt
from lxbt.accounts.models import User
from lxbt.accounts.rules import Permission
from lxbt.accounts.standing import NotPermitted, must_hold

ROOT = Path(lxbt.__file__).parent
PACKAGES = ("accounts", "entitlements", "payments", "standards")
DOORS = ("web", "cli", "exchange", "provincial")
ASKS = {"may", "standing_of", "must_hold"}

INNER = "a step of operations that look; no door calls it"
SECOND = "carried out in the acceptance of a second person, whose standing `proposals.accept` looks at"
OWN = "concerns what the account itself made or holds, and looks at that"
QUESTION = "answers a question for the caller and changes nothing"
EXEMPT = {
    "accounts.operations.appointing.give": INNER,
    "accounts.operations.appointing.other_holder": QUESTION,
    "accounts.operations.attempts.try_card": "counts attempts of whoever types; the operation around it looks",
    "accounts.operations.first_passwords.begin_anew": INNER,
    "accounts.operations.first_passwords.card_must_match": QUESTION,
    "accounts.operations.first_passwords.show_slips": OWN,
    "accounts.operations.first_passwords.slips_printed": OWN,
    "accounts.operations.first_passwords.slips_waiting": QUESTION,
    "accounts.operations.holding.holder_of": INNER,
    "accounts.operations.holding.holders_of": INNER,
    "accounts.operations.lapsing.cut_below": INNER,
    "accounts.operations.lapsing.cut_tree": INNER,
    "accounts.operations.lapsing.end_appointments": INNER,
    "accounts.operations.lapsing.record_lapsed": INNER,
    "accounts.operations.lapsing.settle_grants": INNER,
    "accounts.operations.lapsing.take_over": INNER,
    "accounts.operations.second_factor.remove_second_factor": INNER,
    "accounts.operations.sheets.drop_sheet": OWN,
    "accounts.operations.sheets.start_sheet": OWN,
    "accounts.operations.telling.tell": INNER,
    "entitlements.operations.accounts.carry_out": SECOND,
    "entitlements.operations.certificates.carry_out": SECOND,
    "entitlements.operations.confirmed.carry_out": SECOND,
    "entitlements.operations.confirmed.keep_paper": INNER,
    "entitlements.operations.confirmed.reopen_rights": INNER,
    "entitlements.operations.end_entitlement": INNER,
    "entitlements.operations.grant_entitlement": INNER,
    "entitlements.operations.holding.release_holds": INNER,
    "entitlements.operations.releasing.carry_out_release": SECOND,
    "entitlements.operations.renew_after_gap": INNER,
    "entitlements.operations.renew_certificate": INNER,
    "entitlements.operations.renew_right": INNER,
    "entitlements.operations.resume_entitlement": INNER,
    "entitlements.operations.suspend_entitlement": INNER,
    "payments.operations.asking.ask_nation": "moves nothing: who may ask is the gate's, every "
    "question leaves a record and is counted",
    "payments.operations.bank.correct_account": INNER,
    "payments.operations.batches.record": INNER,
    "payments.operations.reopening.carry_out": SECOND,
    "payments.operations.results.take": INNER,
    "payments.operations.retracting.drop_recorded_batches": INNER,
    "standards.operations.check_dibao_row": QUESTION,
    "standards.operations.checked_value": QUESTION,
    "standards.operations.draft_standard": "a draft counts for nothing until another person publishes it",
    "standards.operations.publish_row": INNER,
    "standards.operations.revising.recall_revision": OWN,
    "standards.operations.withdraw_draft": "a draft counts for nothing",
}


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def code() -> tuple[dict[str, ast.FunctionDef], dict[str, dict[str, str]]]:
    """Functions by their full name, and for each module what its names mean."""
    functions: dict[str, ast.FunctionDef] = {}
    names: dict[str, dict[str, str]] = {}
    for path in ROOT.rglob("*.py"):
        if "migrations" in path.parts:
            continue
        module, tree = module_of(path), ast.parse(path.read_text(encoding="utf-8"))
        mine = names.setdefault(module, {})
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lxbt"):
                above = (node.module or "").removeprefix("lxbt").removeprefix(".")
                mine |= {(one.asname or one.name): f"{above}.{one.name}".removeprefix(".") for one in node.names}
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                functions[f"{module}.{node.name}"] = node
                mine[node.name] = f"{module}.{node.name}"
    return functions, names


def meant(module: str, called: ast.expr) -> str:
    """The full name of what is called, through re-exports; empty when it is nobody's function."""
    functions, names = code()
    if isinstance(called, ast.Name):
        name = names[module].get(called.id, "")
    elif isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
        name = f"{names[module].get(called.value.id, '')}.{called.attr}"
    else:
        return ""
    while name not in functions:
        above, _dot, last = name.rpartition(".")
        further = names.get(above, {}).get(last)
        if further is None or further == name:
            return ""
        name = further
    return name


def calls(name: str) -> Iterator[tuple[str, str]]:
    """What a function calls: the bare name, and the full one where it is ours."""
    module = name.rpartition(".")[0]
    for node in ast.walk(code()[0][name]):
        if isinstance(node, ast.Call):
            bare = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield bare, meant(module, node.func)


@cache
def looks(name: str) -> bool:
    """Whether a function reaches a question about standing, by itself or through what it calls."""
    todo, seen = [name], set()
    while todo:
        one = todo.pop()
        seen.add(one)
        for bare, full in calls(one):
            if bare in ASKS:
                return True
            if full and full not in seen:
                todo.append(full)
    return False


def operations() -> list[str]:
    """Public functions of the packages' operations that somebody acts in."""
    return sorted(
        name
        for name, node in code()[0].items()
        if name.split(".")[0] in PACKAGES
        and name.split(".")[1] == "operations"
        and not node.name.startswith("_")
        and "by" in {argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)}
    )


def test_every_operation_looks_at_who_acts_or_says_why_not() -> None:
    silent = {name for name in operations() if not looks(name)}
    assert len(operations()) > 60
    assert silent - EXEMPT.keys() == set()
    assert EXEMPT.keys() - silent == set(), "it looks now, or is gone: take it off the list"


def test_no_door_calls_a_step_that_does_not_look() -> None:
    inner = {name for name, why in EXEMPT.items() if why in (INNER, SECOND)}
    doors = [name for name in code()[0] if name.split(".")[0] in DOORS]
    called = {(name, full) for name in doors for _bare, full in calls(name) if full in inner}
    assert called == set()


@pytest.mark.django_db
def test_an_account_without_the_permission_is_refused_and_the_system_is_not() -> None:
    nobody = User.objects.create(username="nobody", name="无权", organ="civil_affairs", place_code="420102000000")
    must_hold(None, Permission.DRAW_BATCHES, ["420102000000"], on=date(2026, 1, 5))
    with pytest.raises(NotPermitted, match="nobody"):
        must_hold(nobody, Permission.DRAW_BATCHES, ["420102000000"], on=date(2026, 1, 5))
