"""The one set of readers: what a person, a file or a machine writes, as a value or refused with a sentence. Pure.

Every door uses them: the forms of the pages, files, what provinces push, what the Federation tells, the commands. A
value in is text, int, float, bool, date, datetime, time, timedelta or None; out comes the one way of writing it, None
for an empty one, or `BadValue` with a code whose sentence stands in `sentences.READING`. Reading what was read changes
nothing.
"""

from lxbt.core.folding import fold
from lxbt.core.readers.money import read_money
from lxbt.core.readers.persons import name_key, read_account, read_certificate, read_identity, read_name, read_phone
from lxbt.core.readers.sentences import READING, Words
from lxbt.core.readers.text import BadValue, clean
from lxbt.core.readers.times import read_day, read_month
from lxbt.core.readers.whole import LARGEST, whole_number

__all__ = [
    "LARGEST",
    "READING",
    "BadValue",
    "Words",
    "clean",
    "fold",
    "name_key",
    "read_account",
    "read_certificate",
    "read_day",
    "read_identity",
    "read_money",
    "read_month",
    "read_name",
    "read_phone",
    "whole_number",
]
