"""Lines of home in the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from lxbt.web.kit.menu import Entry

ENTRIES = (Entry("bench", 1, "home", lazy("工作台"), "layout-dashboard"),)
