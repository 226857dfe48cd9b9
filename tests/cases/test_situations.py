"""`lxbt rights` and `lxbt replay` from the outside."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

FOLDER = Path(__file__).parent.parent / "cases" / "rights"
GOOD = """
scheme:
  division: "420000000000"
  standards: [{subsidy: living, since: 2020-01, when: {economic: [dibao]}, amount: {fixed: "80"}}]
cases:
  - name: one
    month: 2024-05
    profile: {division: 420102001000, economic: dibao, certificate: {category: vision, grade: 1}}
    expect: {living: 80}
"""


def rights(tmp_path: Path, text: str, *options: str) -> str:
    path = tmp_path / "case.yaml"
    path.write_text(text, encoding="utf-8")
    out = io.StringIO()
    call_command("rights", str(path), *options, stdout=out)
    return out.getvalue()


def test_the_answer_has_the_agreed_form(tmp_path: Path) -> None:
    [case] = json.loads(rights(tmp_path, GOOD, "--json"))["cases"]
    assert case["living"] == {"amount": "80.00", "reasons": []}
    assert case["care"]["amount"] == "0.00"
    assert [reason["code"] for reason in case["care"]["reasons"]] == ["long_term_care", "not_covered"]
    assert set(case["care"]["reasons"][0]) == {"code", "basis"}


def test_the_row_that_decided_is_told_on_demand(tmp_path: Path) -> None:
    [case] = json.loads(rights(tmp_path, GOOD, "--json", "--explain"))["cases"]
    assert case["living"]["standard"]["when"] == {"economic": ["dibao"]}


def test_people_read_a_table(tmp_path: Path) -> None:
    assert "困难残疾人生活补贴" in rights(tmp_path, GOOD)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_published_file_is_answered(path: Path) -> None:
    call_command("rights", str(path), "--json", stdout=io.StringIO())


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("living: 80}", "living: 81}", "应为 81"),
        ("expect: {living: 80}", "expect: {living: {reasons: [deceased]}}", "deceased"),
        ("economic: dibao,", "economic: rich,", r"cases\[0\]\.profile\.economic"),
        ("month: 2024-05", "month: 2024-5", r"cases\[0\]\.month"),
        ("amount: {fixed", "amount: {gift", r"scheme\.standards\[0\]\.amount\.gift"),
        ("since: 2020-01", "since: 2020-02-30", "不存在的日期"),
        ("scheme:", "scheme: [", "YAML"),
        ("cases:", "case:", "case"),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(CommandError, match=told):
        rights(tmp_path, GOOD.replace(old, new), "--json")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="无法读取"):
        call_command("rights", str(tmp_path / "none.yaml"))
