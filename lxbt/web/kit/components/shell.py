"""The frame round every page of an official."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

Organ = Literal["civil", "federation", "finance", "audit"]


@dataclass(frozen=True, slots=True)
class Link:
    """A link, shown as a button where the place is one for buttons. `key` is the keyboard hint shown on it."""

    label: str
    url: str
    icon: str = ""
    primary: bool = False
    danger: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of a trail. The last one, or one out of scope, has no address."""

    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class NavItem:
    """One line of the side bar or one foot tab. `count` is what waits for this person, None or 0 shows nothing."""

    label: str
    url: str
    icon: str
    count: int | None = None
    current: bool = False


@dataclass(frozen=True, slots=True)
class NavGroup:
    """Lines of the side bar under one heading; the first group has an empty label."""

    label: str
    items: Sequence[NavItem]


@dataclass(frozen=True, slots=True)
class PracticeBar:
    """The stripe over every page while somebody practises."""

    title: str
    url: str
    check_url: str
    leave_url: str


@dataclass(frozen=True, slots=True)
class Shell:
    """What the frame shows. Addresses left empty hide their control.

    `organ` colours the tag, `organ_label` is its word (民政, 残联); `place` and `role_label` stand below the name.
    `division_trail` runs from the top of the user's scope to the division looked at. `environment` is empty in
    production.
    `maintenance` is told above every page while a window of maintenance is near or running.
    `idle_seconds` is the session's length; a warning appears two minutes before its end.
    """

    user_name: str
    organ: Organ
    organ_label: str
    place: str
    role_label: str
    division_trail: Sequence[Crumb]
    environment: str
    today: date
    unread: int
    nav: Sequence[NavGroup]
    tabs: Sequence[NavItem]
    search_url: str = ""
    divisions_url: str = ""
    notices_url: str = ""
    help_url: str = ""
    report_url: str = ""
    help_panel_url: str = ""
    profile_url: str = ""
    new_url: str = ""
    maintenance: str = ""
    idle_seconds: int = 900
    density: Literal["normal", "compact"] = "normal"
    urgent: Sequence[tuple[str, str]] = ()  # titles and addresses of urgent notices that wait, on the first pages only
    practice: PracticeBar | None = None

    @property
    def initial(self) -> str:
        """The first character of the name, for the round mark."""
        return self.user_name[:1]
