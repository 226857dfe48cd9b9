"""What becomes of accounts is told to their owners, to the offices above and to the security administrators."""

from __future__ import annotations

from lxbt.accounts.operations.telling import LISTENERS, News
from lxbt.accounts.rules import has_duties
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import NATION
from lxbt.notices.operations.postbox import Post, post_notices

ALWAYS = frozenset({"duties", "reset", "recovery_asked", "recovered", "activated_there", "identity"})
OWNER = frozenset({"opened", "duties", "reset", "recovery_asked", "recovered", "identity", "half_given"})


def tell_of_account(news: News) -> None:
    """Post the notices: to the owner always, to those above and the security administrators where it bears on
    duties.
    """
    user, by = news.user, news.by
    if by is None:
        return
    params = {"username": user.username, "owner": user.name, "by": by.name, "account": user.pk}
    kind = f"account_{news.act}"
    posts = [Post(user.place_code, kind, user_id=user.pk, params=params)] if news.act in OWNER else []
    held = set(user.appointments.filter(until__isnull=True).values_list("role", flat=True))
    if news.act in ALWAYS or has_duties({*held, *news.details.get("roles", ())}):
        over = divisions.trail(user.place_code)[:-1]
        above = over[-1].code if over else "" if user.place_code == NATION else NATION
        posts += [
            Post(code, kind, role=role, params=params)
            for code, role in dict.fromkeys(
                [
                    (user.place_code, "security_administrator"),
                    (above, "administrator"),
                    (above, "security_administrator"),
                    *([(NATION, "administrator")] if user.place_code == NATION else []),
                ]
            )
            if code
        ]
    post_notices(posts=posts, at=None)


def enter() -> None:
    """Hear of accounts from now on."""
    if tell_of_account not in LISTENERS:
        LISTENERS.append(tell_of_account)
