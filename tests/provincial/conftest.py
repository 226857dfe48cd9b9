"""A province with a county of two townships, amounts since 2016, and its program."""

from __future__ import annotations

import pytest

from lxbt.provincial.operations.single import forget_warm
from tests.imports import county
from tests.provincial.calling import Province, opened


@pytest.fixture
def province(db: None) -> Province:
    county.make_county()
    forget_warm()
    return opened()
