"""Lines of divisions in the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from lxbt.web.kit.menu import Entry

ENTRIES = (Entry("governing", 3, "divisions", lazy("区划"), "sitemap"),)
