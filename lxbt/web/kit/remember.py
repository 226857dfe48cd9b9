"""What somebody looks for is not put into addresses: names and numbers stay in the session.

The form is sent by POST; the page that answers is a plain GET whose paging and filters stand in its address as usual.
"""

from __future__ import annotations

from django.http import HttpResponseRedirect

from lxbt import vault
from lxbt.web.kit.access import OfficialRequest

KEY = "looked_for"


def looked_for(request: OfficialRequest, page: str) -> str:
    """The text that the account looks for on a page; empty when nothing."""
    found = request.session.get(KEY, {}).get(page, "")
    try:
        return vault.open_sealed(bytes.fromhex(found), vault.at("session.looked_for", page)) if found else ""
    except (ValueError, TypeError):  # from before they were sealed, or by a key that is gone
        return ""


def _sealed(page: str, text: str) -> str:
    """Sessions lie in the database: what somebody looked for is a name or a number."""
    return vault.seal(text, vault.at("session.looked_for", page)).hex() if text else ""


def look_for(request: OfficialRequest, page: str, text: str, *, at: str = "") -> HttpResponseRedirect:
    """Remember the text (empty: forget it) and show the page from its beginning."""
    request.session[KEY] = {**request.session.get(KEY, {}), page: _sealed(page, text.strip()[:60])}
    return HttpResponseRedirect(at or request.path)
