"""Small components: states, amounts, clocks, steps, facts, decisions, dialogs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from lxbt.web.kit.components.shell import Link

Tone = Literal["ok", "run", "warn", "bad", "hold", "off"]
Subsidy = Literal["living", "care"]

TONE_ICONS: dict[str, str] = {
    "ok": "circle-check",
    "run": "circle-dashed",
    "warn": "clock-exclamation",
    "bad": "alert-triangle",
    "hold": "player-pause",
    "off": "file-text",
}


@dataclass(frozen=True, slots=True)
class Chip:
    """A state: shape, word and colour. Without `icon` the tone's own is taken."""

    word: str
    tone: Tone = "off"
    icon: str = ""

    @property
    def shape(self) -> str:
        """The name of the icon shown."""
        return self.icon or TONE_ICONS[self.tone]


@dataclass(frozen=True, slots=True)
class Subsidies:
    """The marks of one or both subsidies in a table cell."""

    codes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount that can say why: `url` gives the explanation."""

    amount: Decimal | None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """A part of one (0 to 1) as a bar and a percentage.

    Hatched when `tone` is warn or bad. `since` is where the bar begins.
    """

    value: float
    tone: Literal["", "warn", "bad"] = ""
    note: str = ""
    since: float = 0.0
    digits: int = 0


@dataclass(frozen=True, slots=True)
class MaskedValue:
    """A protected value in its masked form. POST `reason` to `reveal_url` gives the full one; without address no eye is
    shown.

    `label` says whose value it is, e.g. 刘秀英的身份证号: it completes the dialog's title.
    """

    text: str
    reveal_url: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """A limit in working days: `used` of `limit`, both whole; days beyond the limit are `used - limit`."""

    used: int
    limit: int
    state: Literal["running", "last", "today", "overdue", "paused", "done"]
    text: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a procedure. `note` stands out in the current step (收件 11-18 · 4/5 工作日)."""

    name: str
    state: Literal["done", "current", "future", "refused"]
    who: str = ""
    when: str = ""
    used: int | None = None
    limit: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact with its source and the day it was received. `late`: received after the payment it touches."""

    label: str
    value: str | MaskedValue
    source: str = ""
    received: date | None = None
    detail: str = ""
    strong: bool = False
    look: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence for or against, with the clause it stands on."""

    text: str
    holds: bool
    clause: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """The computed right to one subsidy. `terms` follows the amount (元/月，自 2026-11 起)."""

    subsidy: str
    title: str
    amount: Decimal
    terms: str
    chip: Chip
    reasons: Sequence[Reason]
    url: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an amount is what it is: the sum as lines, then notes as (heading, text), then where it is recorded."""

    title: str
    subtitle: str
    lines: Sequence[tuple[str, Decimal]]
    total_label: str
    total: Decimal
    notes: Sequence[tuple[str, str]] = ()
    record: Link | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One dated event of a person's story; `note` gives source and day received, `result` what followed from it."""

    on: date | str
    title: str
    note: str = ""
    late: bool = False
    result: str = ""


@dataclass(frozen=True, slots=True)
class Milestone:
    """One day of the month's calendar of work."""

    on: date | str
    title: str
    note: str
    state: Literal["done", "look", "current", "future"] = "future"


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure with its name. `value` is ready for the eye (1,291,020.00)."""

    label: str
    value: str
    unit: str = ""
    note: str = ""
    icon: str = ""
    tone: Literal["", "ok", "warn", "bad"] = ""
    url: str = ""
    current: bool = False
    subsidy: str | None = None


@dataclass(frozen=True, slots=True)
class Tab:
    """A filter with its count."""

    label: str
    url: str
    count: int | None = None
    current: bool = False


@dataclass(frozen=True, slots=True)
class Empty:
    """Nothing to show: what it means, and the next thing to do."""

    title: str
    text: str = ""
    action: Link | None = None
    icon: str = "mood-check"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few short choices; `key` is the digit that chooses it."""

    value: str
    label: str
    checked: bool = False
    key: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Segments:
    """A row of radio buttons shown as segments."""

    name: str
    label: str
    choices: Sequence[Choice]
    small: bool = False


@dataclass(frozen=True, slots=True)
class Confirm:
    """A dialog before money or access moves. Opened by any element with `data-dialog="<id>"`; without script its link
    is followed.

    `consequences` are (heading, text). With `typed`, the button waits until that sum is typed; the server checks it
    again (field `typed`). `act` repeats the deed (停发并送复核). `fields` are hidden inputs.
    """

    id: str
    title: str
    act: str
    url: str
    consequences: Sequence[tuple[str, str]] = ()
    text: str = ""
    typed: Decimal | None = None
    typed_label: str = ""
    fields: Sequence[tuple[str, str]] = ()
    reason_label: str = ""
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Signer:
    """One person of an approval, in order."""

    step: str
    who: str
    state: Literal["done", "current", "future"]


@dataclass(frozen=True, slots=True)
class Approval:
    """The bar at the foot of a batch. `blocked` says why there is no approving (您是编制人，不能复核).

    `sum` must be typed into the field `typed` when given. The form goes to `url`, its buttons send
    `act=approve|return`.
    """

    signers: Sequence[Signer]
    url: str = ""
    sum: Decimal | None = None
    approve: str = ""
    send_back: str = ""
    blocked: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """Long work. While `running`, `url` is asked again every two seconds and answers with this same component.

    `about`: the total is an estimate. `wanted` is the word for what is written, where nothing is written yet (将写入).
    """

    total: int
    written: int
    unchanged: int = 0
    rejected: int = 0
    rate: int | None = None
    elapsed: str = ""
    left: str = ""
    url: str = ""
    running: bool = False
    started_at: datetime | None = None
    about: bool = False
    wanted: str = ""

    @property
    def done(self) -> int:
        """Rows dealt with in any way."""
        return self.written + self.unchanged + self.rejected

    @property
    def percent(self) -> str:
        """Done as a percentage with one decimal."""
        return f"{100 * self.done / self.total:.1f}" if self.total else "0.0"
