"""SQL reads only tables of packages below, and writes only its own: found in every string of the code by the names of
the tables.

A parser would see whole statements; ours are often put together from parts, and a part names its tables too.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps

import lxbt

ROOT = Path(lxbt.__file__).parent
WRITES = re.compile(
    r"\b(?:insert\s+into|update|delete\s+from|copy|truncate(?:\s+table)?|merge\s+into)\s+\"?(\w+)\"?", re.I
)
NAMED = {  # and why
    ("audit/humans.py", "accounts_user"): "which accounts are one human being is asked by every package, of ids alone",
}
ABOVE = (
    "config",
    "demonstration",
    "practice",
)  # keys and rooms of the whole database; no part of the running system's flow


def height() -> dict[str, int]:
    """How high each package stands, by the import contract."""
    text = (ROOT.parent / "pyproject.toml").read_text(encoding="utf-8")
    contract = tomllib.loads(text)["tool"]["importlinter"]["contracts"][0]
    layers = list(reversed(contract["layers"]))
    return {name.strip(): n for n, layer in enumerate(layers) for name in layer.split("|")}


def owners() -> dict[str, str]:
    """The package of every table."""
    models = (model for model in apps.get_models(include_auto_created=True) if model.__module__.startswith("lxbt."))
    return {model._meta.db_table: model.__module__.split(".")[1] for model in models}


def strings() -> Iterator[tuple[str, str, str]]:
    """Package, place and text of every string in the code, save descriptions; what is filled in stands as a blank."""
    for path in sorted(ROOT.rglob("*.py")):
        package = path.relative_to(ROOT).parts[0]
        if "migrations" in path.parts or package in ABOVE or package.endswith(".py"):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in ast.walk(tree):
            if id(node) in said or id(node) in parts:
                continue
            where = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.JoinedStr):
                yield (
                    package,
                    where,
                    "".join(part.value if isinstance(part, ast.Constant) else " " for part in node.values),
                )
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield package, where, node.value


def test_sql_writes_only_tables_of_its_own_package() -> None:
    owner, found, seen = owners(), [], 0
    for package, where, text in strings():
        for table in WRITES.findall(text):
            seen += table.lower() in owner
            if owner.get(table.lower(), package) != package:
                found.append(f"{where} writes {table}")
    assert found == []
    assert seen > 60  # else the strings are not found any more


def test_sql_reads_only_tables_of_packages_below() -> None:
    owner, high, found, seen = owners(), height(), [], 0
    names = re.compile(rf"\b({'|'.join(sorted(owner, key=len, reverse=True))})\b")
    for package, where, text in strings():
        for table in set(names.findall(text)):
            seen += 1
            above = owner[table]
            if above != package and high[above] >= high[package] and (where.split(":")[0], table) not in NAMED:
                found.append(f"{where} reads {table}")
    assert found == []
    assert seen > 250
