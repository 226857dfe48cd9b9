"""Anchors leave by themselves: the last seal is written to files and sent by mail, on a schedule, and verified against
later.

One seal speaks for all before it, for each holds the digest of the one before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from lxbt.audit.models import Anchor, Block
from lxbt.core.refusal import Refusal

HERE, FOLDER, MAIL = "here", "folder", "mail"
EVERY = {HERE: timedelta(hours=1), FOLDER: timedelta(hours=1), MAIL: timedelta(days=1)}
LATE = timedelta(days=2)  # after which one that leaves every hour or day has plainly not left
_LINE = re.compile(r"\s*(\d+)\s+([0-9a-fA-F]{64})\s*")


class AnchorsUnreadable(Refusal):
    """The file of anchors is not one."""


def here() -> Path:
    """The copy beside the keys."""
    return Path(settings.LXBT_AUDIT_FOLDER) / "anchors"


def folders() -> list[Path]:
    """Where files of anchors lie that this program can read."""
    return [here(), *([Path(settings.LXBT_ANCHOR_FOLDER)] if settings.LXBT_ANCHOR_FOLDER else [])]


def channels() -> dict[str, Callable[[str, str], None]]:
    """The channels that are set, each with what hands a file over: (name, text)."""
    found: dict[str, Callable[[str, str], None]] = {HERE: lambda name, text: _drop(here(), name, text)}
    if settings.LXBT_ANCHOR_FOLDER:
        found[FOLDER] = lambda name, text: _drop(Path(settings.LXBT_ANCHOR_FOLDER), name, text)
    if settings.LXBT_ANCHOR_MAIL:
        found[MAIL] = _post
    return found


def last_sent(channel: str) -> Anchor | None:
    """What was handed to a channel last."""
    return Anchor.objects.filter(channel=channel).order_by("-at").first()


def send_anchors(*, at: datetime, now: bool = False) -> dict[str, str]:
    """Hand the last seal to every channel that is due, or to all `now`; gives what became of each: sent, or why not."""
    last = Block.objects.defer("leaves").order_by("-number").first()
    done: dict[str, str] = {}
    if last is None:
        return done
    digest = bytes(last.digest).hex()
    name = f"lxbt-anchor-{timezone.localtime(at):%Y%m%d-%H%M%S}-{last.number}.txt"
    text = f"# sealed {last.sealed_at.isoformat()}, events up to id {last.last_id}\n{last.number} {digest}\n"
    for channel, hand_over in channels().items():
        before = last_sent(channel)
        if before and not now and (at - before.at < EVERY[channel] or before.number == last.number):
            continue
        try:
            hand_over(name, text)
        except FileExistsError:  # another program was a moment quicker
            continue
        except (
            OSError
        ) as error:  # a folder that is not mounted, a mail server that does not answer: due again next time
            done[channel] = type(error).__name__
            continue
        Anchor.objects.create(number=last.number, digest=last.digest, channel=channel, at=at)
        done[channel] = "sent"
    return done


def kept_anchors() -> Iterator[tuple[int, str]]:
    """(number, digest) of every anchor in the folders that this program can read."""
    for folder in folders():
        for path in sorted(folder.glob("*-anchor-*.txt")):
            yield from read_anchors(path)


def read_anchors(path: Path) -> list[tuple[int, str]]:
    """(number, digest) of each line of a file; AnchorsUnreadable with the line that is none."""
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        raise AnchorsUnreadable(f"读不了摘要文件 {path.name}，请核对文件。") from None
    found = []
    for place, line in enumerate(lines, start=1):
        if line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise AnchorsUnreadable(
                f"摘要文件 {path.name} 第 {place} 行不是“序号 摘要”，请使用 lxbt audit anchors 或页面下载的文件。"
            )
        found.append((int(match[1]), match[2]))
    return found


def _drop(folder: Path, name: str, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("x") as out:
        out.write(text)
    (folder / name).chmod(0o444)


def _post(name: str, text: str) -> None:
    EmailMessage(subject=f"lxbt 操作记录封存摘要 {name}", body=text, to=settings.LXBT_ANCHOR_MAIL).send()
