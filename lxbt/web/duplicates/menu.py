"""Lines of duplicates in the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.web.kit.menu import Entry

ENTRIES = (Entry("persons", 3, "matches", lazy("疑似重复"), "users", (P.EDIT_FACTS,), also=("match",)),)
