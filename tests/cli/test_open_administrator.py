"""The first account of an installation belongs to a human being, too."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from lxbt.accounts.models import User
from tests import factories as f

pytestmark = pytest.mark.django_db
VARIABLE = "LXBT_ADMINISTRATOR_IDENTITY"


@pytest.fixture(autouse=True)
def places() -> None:
    f.load_places()


def opened() -> str:
    out = StringIO()
    call_command("open_administrator", username="00_root", name="管理员", stdout=out)
    return out.getvalue()


def test_the_first_administrator_has_a_holder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, f.identity_number(serial=71))
    assert "00_root" in opened()
    assert User.objects.get().holder_id is not None


@pytest.mark.parametrize("number", ["", "420102198005010000"])
def test_without_a_valid_identity_number_nothing_is_opened(monkeypatch: pytest.MonkeyPatch, number: str) -> None:
    monkeypatch.setenv(VARIABLE, number)
    with pytest.raises(CommandError, match="身份证号"):
        opened()
    assert not User.objects.exists()


def test_a_second_one_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, f.identity_number(serial=71))
    opened()
    with pytest.raises(CommandError, match="已有账号"):
        opened()
