"""The storage of papers: a file is on the disk, its name in the folder, before its row can commit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage

from lxbt.core.disk import sync


class SyncedStorage(FileSystemStorage):
    """Files that survive a power failure as soon as they are saved."""

    def _save(self, name: str, content: Any) -> str:
        folder = Path(self.path(name)).parent
        fresh = not folder.exists()
        kept: str = super()._save(name, content)  # type: ignore[misc]
        for path in (Path(self.path(kept)), folder, *([folder.parent] if fresh else [])):
            sync(path)
        return kept
