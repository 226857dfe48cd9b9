"""Files of secrets: written whole or not at all, closed to others."""

from __future__ import annotations

import os
from pathlib import Path

from lxbt.core.disk import sync


def write_closed(path: Path, content: str | bytes, *, replace: bool, mode: int = 0o600) -> None:
    """Write the file whole or not at all. Without `replace` another program's file, made meanwhile, holds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as out:
        out.write(content.encode() if isinstance(content, str) else content)
        out.flush()
        os.fsync(out.fileno())
    try:
        if replace:
            draft.replace(path)
        else:
            os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
    sync(path.parent)
