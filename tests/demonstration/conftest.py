"""A part of the country for the tests of the demonstration."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from lxbt.divisions.operations import load_divisions, rows_of_data
from tests.demonstration.filling import SOME_COUNTIES


@pytest.fixture(scope="module")
def country(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    """A part of the country, in a transaction that nothing survives."""
    codes = [row["code"] for row in rows_of_data() if row["code"].startswith(SOME_COUNTIES)]
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        assert str(connection.settings_dict["NAME"]).startswith("test_")
        load_divisions(only=codes)
        yield
        transaction.set_rollback(True)
