"""The terminal opens a province's program in the sandbox only: out of it leads the act of two persons."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from lxbt.provincial.models import Client
from tests import factories as f

pytestmark = pytest.mark.django_db


def test_a_program_that_is_opened_from_the_terminal_writes_nothing_yet() -> None:
    f.load_places()
    call_command("province_client", "open", client="hubei-own", name="湖北自建系统", area=f.PROVINCE)
    assert Client.objects.get(client_id="hubei-own").sandbox
