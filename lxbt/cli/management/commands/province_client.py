"""`lxbt province-client`: open provinces' programs at the provincial interface from the terminal, and set up a played
one beside it.
"""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from lxbt.cli.command import Command as Base
from lxbt.cli.province_settings import closed_to_others, make_key
from lxbt.core.clock import this_moment
from lxbt.core.refusal import Refusal
from lxbt.core.signing import ALGORITHMS, ED25519
from lxbt.provincial import queries
from lxbt.provincial.models import Client
from lxbt.provincial.operations import clients

ACTS = ("list", "open", "key", "close", "prepare")


class NotSo(Refusal):
    """There is no such client, or what is told of it is not complete."""


class Command(Base):
    help = (
        "Provinces' programs: list them; open one for an area in the sandbox (its person key is told "
        "once); take a public key; "
        "close one. `prepare` opens one and"
        " makes the folder of a played province with its keys, for demonstrations and tests."
    )
    example = (
        "province-client prepare --client hubei --area 420000000000 --folder var/province --url http://127.0.0.1:8000"
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=ACTS)
        parser.add_argument("--client", default="", help="how the system is called")
        parser.add_argument("--name", default="", help="for people")
        parser.add_argument("--area", default="", help="12-digit code of the area it tells of")
        parser.add_argument("--quota", type=int, default=1200, help="requests a minute")
        parser.add_argument(
            "--sandbox", action="store_true", help="for prepare: checked all the same, nothing is written"
        )
        parser.add_argument("--key-id", default="")
        parser.add_argument("--algorithm", default=ED25519, choices=tuple(ALGORITHMS))
        parser.add_argument("--public-key", default="", help="base64")
        parser.add_argument("--reason", default="", help="for closing")
        parser.add_argument("--folder", type=Path, help="for prepare")
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="for prepare: where the interface is")

    def run(self, **options: Any) -> dict[str, Any]:
        found: dict[str, Any] = getattr(self, f"act_{options['act']}")(options)
        return found

    def act_list(self, options: dict[str, Any]) -> dict[str, Any]:
        return {
            one.client_id: {"name": one.name, "area": one.division_code, "sandbox": one.sandbox, "quota": one.quota}
            for one in queries.open_clients()
        }

    def act_open(self, options: dict[str, Any]) -> dict[str, Any]:
        """In the sandbox: out of it leads the page alone, where a second person of the level above agrees."""
        return self._open(options, sandbox=True)

    def _open(self, options: dict[str, Any], *, sandbox: bool) -> dict[str, Any]:
        opened = clients.open_client(
            client_id=options["client"],
            name=options["name"] or options["client"],
            division_code=options["area"],
            sandbox=sandbox,
            quota=options["quota"],
            by=None,
            at=this_moment(),
        )
        return {"client": opened.client.client_id, "handle_key": opened.handle_key, "sandbox": sandbox}

    def act_key(self, options: dict[str, Any]) -> dict[str, Any]:
        try:
            public = base64.b64decode(options["public_key"], validate=True)
        except binascii.Error:
            raise NotSo("公钥应为 base64。", field="public_key") from None
        key = clients.add_key(
            client=self.known(options),
            key_id=options["key_id"],
            algorithm=options["algorithm"],
            public_key=public,
            by=None,
            at=this_moment(),
        )
        return {"client": options["client"], "key": key.key_id}

    def act_close(self, options: dict[str, Any]) -> dict[str, Any]:
        clients.close_client(client=self.known(options), reason=options["reason"], by=None, at=this_moment())
        return {"client": options["client"], "closed": True}

    def act_prepare(self, options: dict[str, Any]) -> dict[str, Any]:
        if options["folder"] is None:
            raise NotSo("请用 --folder 给出模拟省份的文件夹。")
        closed_to_others()
        opened = self._open(options, sandbox=options["sandbox"])
        key_id, public = make_key(
            options["folder"],
            client_id=options["client"],
            url=options["url"],
            algorithm=options["algorithm"],
            handle_key=opened["handle_key"],
        )
        clients.add_key(
            client=self.known(options),
            key_id=key_id,
            algorithm=options["algorithm"],
            public_key=public,
            by=None,
            at=this_moment(),
        )
        return {"client": options["client"], "folder": str(options["folder"]), "key": key_id}

    def known(self, options: dict[str, Any]) -> Client:
        """The client that is meant."""
        found = queries.client_named(options["client"])
        if found is None:
            raise NotSo(f"没有接入系统 {options['client']}。", field="client")
        return found
