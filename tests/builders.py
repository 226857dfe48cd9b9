"""Former names of what `tests/factories.py` has."""

from tests.factories import COUNTY, DAY, JANUARY, county, day_in, official, recipient
from tests.factories import FIRST_TOWNSHIP as TOWNSHIP
from tests.factories import flat_standards as standards
from tests.factories import fresh_identity_number as identity_number

__all__ = [
    "COUNTY",
    "DAY",
    "JANUARY",
    "TOWNSHIP",
    "county",
    "day_in",
    "identity_number",
    "official",
    "recipient",
    "standards",
]
