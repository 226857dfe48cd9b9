"""What tests of signing in share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.utils import translation

from tests.web.conftest import logged_in  # noqa: F401  (a fixture)


@pytest.fixture(autouse=True)
def chinese_again() -> Iterator[None]:
    """Requests leave their language behind in this thread."""
    yield
    translation.deactivate()


@pytest.fixture
def required(settings: object) -> None:
    """As in production: who must have a second factor must have it."""
    settings.LXBT_SECOND_FACTOR = "required"  # type: ignore[attr-defined]


@pytest.fixture
def logs_in() -> Callable[..., Client]:
    """A browser in which somebody typed name and password."""

    def make(username: str, password: str, browser: Client | None = None, **more: str) -> Client:
        client = browser or Client()
        client.last = client.post("/login/", {"username": username, "password": password, **more})  # type: ignore[attr-defined]
        return client

    return make
