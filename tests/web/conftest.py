"""Clients of logged-in officials."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from lxbt.accounts.models import User
from lxbt.accounts.operations.signing_in import take_session


@pytest.fixture
def logged_in() -> Callable[[User], Client]:
    """A client that has logged in as an account."""

    def make(user: User) -> Client:
        client = Client(headers={"accept-language": "zh-hans"})
        client.force_login(user)
        take_session(user=user, session_key=client.session.session_key or "")
        return client

    return make
