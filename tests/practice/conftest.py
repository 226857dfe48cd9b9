"""Practice is made once for a test database, outside every test's transaction."""

from __future__ import annotations

from typing import Any

import pytest

from lxbt.practice.operations.world import prepare_world, ready


@pytest.fixture(scope="session")
def practice_area(django_db_setup: None, django_db_blocker: Any) -> None:
    """The schema of practice, up to date."""
    with django_db_blocker.unblock():
        if not ready():
            prepare_world(rebuild=True)
