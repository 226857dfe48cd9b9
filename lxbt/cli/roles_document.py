"""The matrix of roles and operations as a document: written from the roles themselves and from the gates of
the pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.urls import URLPattern

from lxbt.accounts.rules import BY_KEY, INCOMPATIBLE, ROLES, WITHHELD, WORDS, Organ, Permission, Role
from lxbt.divisions.rules import Level
from lxbt.web.urls import urlpatterns

HEAD = """# Roles

Who may do what. This file is written by `make roles` from `lxbt/accounts/rules` and from the gates of the pages; a test
fails when it is not what they say. The system shows the same at “角色与权限”.
"""
ORGANS = {Organ.CIVIL_AFFAIRS: "民政", Organ.FEDERATION: "残联", Organ.FINANCE: "财政", Organ.AUDIT: "审计"}
LEVELS = {Level.NATION: "部", Level.PROVINCE: "省", Level.CITY: "市", Level.COUNTY: "县", Level.TOWNSHIP: "乡"}


def document() -> str:
    """The whole file."""
    parts = [
        HEAD,
        "## The roles\n",
        *map(told, ROLES),
        "## What an organ never sees\n",
        withheld(),
        "## Role × permission\n",
        permissions(),
        "## Role × operation\n",
    ]
    parts += [
        (
            "A page that needs one of several permissions opens for each of them; what it shows and does is cut down "
            "further by them.\n"
        ),
        operations(),
    ]
    return "\n".join(parts) + "\n"


def told(role: Role) -> str:
    """One role in words."""
    organs = "、".join(ORGANS[organ] for organ in Organ if organ in role.organs)
    levels = "、".join(LEVELS[level] for level in Level if level in role.levels)
    apart = "、".join(
        sorted(BY_KEY[key].label for pair in INCOMPATIBLE if role.key in pair for key in pair - {role.key})
    )
    lines = [
        f"**{role.label}** `{role.key}`: {role.description}  ",
        f"{organs} · {levels}" + ("  " if apart or role.grants else ""),
    ]
    if apart:
        lines.append(f"不能兼任：{apart}" + ("  " if role.grants else ""))
    if role.grants:
        lines.append("可授予：" + "、".join(other.label for other in ROLES if other.key in role.grants))
    return "\n".join(lines) + "\n"


def withheld() -> str:
    """What WITHHELD says."""
    return (
        "\n".join(
            f"- {ORGANS[organ]}: {'；'.join(WORDS[p] for p in Permission if p in kept)}"
            for organ, kept in WITHHELD.items()
        )
        + "\n"
    )


def permissions() -> str:
    """Permissions down, roles across."""
    return table(
        ["", *(role.label for role in ROLES)],
        ([words, *("✓" if key in role.permissions else "" for role in ROLES)] for key, words in WORDS.items()),
    )


def operations() -> str:
    """Addresses down, roles across."""
    return table(["address", "needs", *(role.label for role in ROLES)], rows())


def rows() -> Iterator[list[str]]:
    """One for each address: what it needs, and who has it."""
    for route in urlpatterns:
        if not isinstance(route, URLPattern):
            continue
        gate: Sequence[Permission] | None = getattr(route.callback, "permissions", None)
        needs = (
            "public"
            if gate is None
            else "any account"
            if not gate
            else "<br>".join(f"`{key}`" for key in Permission if key in gate)
        )
        marks = ["·" if not gate else "✓" if any(key in role.permissions for key in gate) else "" for role in ROLES]
        yield [f"`/{route.pattern}`", needs, *marks]


def table(heads: Sequence[str], lines: Iterator[list[str]]) -> str:
    """A table of Markdown."""
    return "\n".join(["| " + " | ".join(cells) + " |" for cells in (heads, ["---"] * len(heads), *lines)]) + "\n"
