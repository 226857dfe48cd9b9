"""What somebody looks for is not put into addresses: names and numbers stay in the session.

The form is sent by POST; the page that answers is a plain GET whose paging and filters stand in its address as usual.
"""

from __future__ import annotations

from django.http import HttpResponseRedirect

from lxbt.web.access import OfficialRequest

KEY = "looked_for"


def looked_for(request: OfficialRequest, page: str) -> str:
    """The text that the account looks for on a page; empty when nothing."""
    found = request.session.get(KEY, {}).get(page, "")
    return str(found)


def look_for(request: OfficialRequest, page: str, text: str, *, at: str = "") -> HttpResponseRedirect:
    """Remember the text (empty: forget it) and show the page from its beginning."""
    request.session[KEY] = {**request.session.get(KEY, {}), page: text.strip()[:60]}
    return HttpResponseRedirect(at or request.path)
