"""How a province's program is set up: a YAML file beside its keys, closed to others."""

from __future__ import annotations

import base64
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lxbt.config.private_files import write_closed
from lxbt.core import signing
from lxbt.core.refusal import Refusal
from lxbt.provincial.client import Key, Line, Province

NAME = "province.yaml"


class SetWrong(Refusal):
    """The file or a key is not what it should be."""


@dataclass(frozen=True)
class Setting:
    """Who we are there, and with what we sign.

    `handle_key`: what persons are called by in manifests; empty where none was told yet.
    """

    url: str
    client_id: str
    key: Key
    handle_key: bytes = b""
    authority: str = ""
    certificate: tuple[str, str] | None = None

    def province(self, **more: Any) -> Province:
        """A line there, not opened before the first call."""
        more = {"verify": self.authority or True, "certificate": self.certificate} | more
        return Province(Line(self.url, self.client_id, self.key, **more))


def read_setting(path: Path) -> Setting:
    """From a file: `url`, `client`, `key` {`id`, `algorithm`, `file`}, and if need be `handle_key_file`, `authority`,
    `certificate` {`file`, `key`}.
    """
    try:
        told = yaml.safe_load(path.read_text())
        key = told["key"]
        algorithm = str(key["algorithm"])
        if algorithm not in signing.ALGORITHMS:
            raise SetWrong(f"{path.name}：签名算法应为 {'、'.join(signing.ALGORITHMS)} 之一。", field="algorithm")
        private = _secret(path.parent / str(key["file"]))
        handle = (
            bytes.fromhex(_secret(path.parent / str(told["handle_key_file"]))) if told.get("handle_key_file") else b""
        )
        tls = told.get("certificate")
        return Setting(
            str(told["url"]),
            str(told["client"]),
            Key(str(key["id"]), algorithm, base64.b64decode(private)),
            handle,
            str(path.parent / str(told["authority"])) if told.get("authority") else "",
            (str(path.parent / str(tls["file"])), str(path.parent / str(tls["key"]))) if tls else None,
        )
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise SetWrong(f"{path} 无法使用：{type(error).__name__} {error}。用 lxbt province keygen 生成。") from None


def _secret(path: Path) -> str:
    if path.stat().st_mode & 0o077:
        raise SetWrong(f"密钥文件 {path.name} 的权限过宽，请执行 chmod 600 后重试。")
    return path.read_text().strip()


def make_key(folder: Path, *, client_id: str, url: str, algorithm: str, handle_key: str = "") -> tuple[str, bytes]:
    """A new key in the folder and the file that names it; gives its id and the public key, to be registered there.

    The old key's file stays.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    private, public = signing.new_pair(algorithm)
    key_id = f"k-{secrets.token_hex(4)}"
    write_closed(folder / f"{key_id}.key", base64.b64encode(private).decode(), replace=False)
    told: dict[str, Any] = {}
    if (folder / NAME).exists():
        told = yaml.safe_load((folder / NAME).read_text()) or {}
    told |= {
        "url": url or told.get("url", ""),
        "client": client_id or told.get("client", ""),
        "key": {"id": key_id, "algorithm": algorithm, "file": f"{key_id}.key"},
    }
    if handle_key:
        write_closed(folder / "handle.key", handle_key, replace=True)
        told["handle_key_file"] = "handle.key"
    write_closed(folder / NAME, yaml.safe_dump(told, allow_unicode=True, sort_keys=False), replace=True)
    return key_id, public


def closed_to_others() -> None:
    """What is made from now on is readable by its owner alone."""
    os.umask(0o077)
