"""docs/roles.md is what the roles and the gates of the pages say."""

from __future__ import annotations

from pathlib import Path

from lxbt.accounts.rules import ROLES, WORDS, Permission
from lxbt.cli.roles_document import document

FILE = Path(__file__).resolve().parent.parent.parent / "docs" / "roles.md"


def test_the_document_of_roles_is_up_to_date() -> None:
    assert FILE.read_text(encoding="utf-8") == document(), "run: make roles"


def test_every_permission_has_its_words_and_some_role_has_it() -> None:
    assert set(WORDS) == set(Permission)
    assert frozenset().union(*(role.permissions for role in ROLES)) == set(Permission)


def test_every_role_can_be_given_by_somebody_and_only_administrators_give() -> None:
    given = frozenset().union(*(role.grants for role in ROLES))
    assert given == {role.key for role in ROLES}
    assert [role.key for role in ROLES if role.grants] == ["administrator"]
