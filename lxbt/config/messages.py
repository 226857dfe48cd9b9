"""Message catalogues, compiled without GNU gettext."""

from __future__ import annotations

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings


def compile_messages() -> int:
    """Compile every catalogue that is newer than its compiled form; gives how many were compiled."""
    compiled = 0
    for folder in settings.LOCALE_PATHS:
        for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                continue
            with source.open("rb") as text:
                catalogue = read_po(text)
            draft = target.with_name(f".{target.name}.{os.getpid()}")  # two may compile at once
            with draft.open("wb") as out:
                write_mo(out, catalogue)
            draft.replace(target)
            compiled += 1
    return compiled
