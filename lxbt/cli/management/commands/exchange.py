"""`lxbt exchange ...`: the line to the Federation's database, and to partners who ask of us."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from tqdm import tqdm

from lxbt.accounts.queries import user_named
from lxbt.cli.command import Command as Base
from lxbt.core.clock import Now, this_moment
from lxbt.core.months import Month
from lxbt.core.refusal import Refusal
from lxbt.core.signing import keys_of_set
from lxbt.divisions.queries import division
from lxbt.divisions.rules import NATION
from lxbt.exchange import queries, signing
from lxbt.exchange.client import NoAnswer, SaysNo
from lxbt.exchange.operations import applying, asking, partners, reconciling, sending, subscribing, syncing
from lxbt.matching.rules.lists import LISTS


class ExchangeRefused(Refusal):
    """The command was called wrongly, or the other side does not answer."""


class Command(Base):
    help = (
        "The line to the Federation's database and to partners. sync: fetch what changed. load: everything, by "
        "files. reconcile: compare counts and digests, heal what differs."
        " subscribe, unsubscribe: be told of changes. status: how the lines are. replay: try failed messages again."
        " connect: open the line to the Federation. partner: open a partner who may ask. lister: open a body that "
        "gives lists, or is asked for them."
        " ask: ask a body whether the recipients of an area are on a list, batch by batch; interrupted, run it "
        "again and it goes on. keys: the public keys that we sign with."
    )
    example = "exchange sync --json"

    def arguments(self, parser: CommandParser) -> None:
        acts = (
            "sync",
            "load",
            "reconcile",
            "status",
            "replay",
            "subscribe",
            "unsubscribe",
            "work",
            "connect",
            "partner",
            "lister",
            "ask",
            "token",
            "keys",
            "new-key",
        )
        parser.add_argument("act", choices=acts)
        parser.add_argument("--area", default=NATION, help="12-digit code; left out: the whole country")
        parser.add_argument("--all", action="store_true", help="sync: everything, not only what changed")
        parser.add_argument(
            "--since", type=datetime.fromisoformat, help="sync: changed since this moment, with time zone"
        )
        parser.add_argument("--by", help="user name of the one who does it; left out: the system")
        parser.add_argument("--sender-id", help="connect, partner, token: how the other side calls itself")
        parser.add_argument("--name", help="connect, partner: its name on the screen")
        parser.add_argument("--url", default="", help="connect, partner: its address, without /registry/...")
        parser.add_argument("--keys", type=Path, help="connect, partner: file with its public keys (JSON Web Key Set)")
        parser.add_argument("--secret-file", type=Path, help="connect: file with the secret that we show to it")
        parser.add_argument("--areas", default="", help="partner: division codes that it may see, with commas")
        parser.add_argument(
            "--fields",
            default="",
            help="partner: granted fields, with commas: name,sex,birth,division,identity,certificate,benefits",
        )
        parser.add_argument("--lists", default="", help=f"lister: lists that it gives, with commas: {','.join(LISTS)}")
        parser.add_argument(
            "--answers", choices=("at-once", "later"), help="lister: it tells nothing, but answers questions, so or so"
        )
        parser.add_argument("--list", help="ask: the list")
        parser.add_argument("--division", help="ask: 12-digit code of the area whose recipients are asked for")
        parser.add_argument(
            "--unsigned", action="store_true", help="connect, partner: its messages need not be signed (tests only)"
        )
        parser.add_argument("--quota", type=int, default=600, help="partner: requests a minute")

    def run(self, **options: Any) -> dict[str, Any]:
        acts: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "sync": self.sync,
            "load": self.load,
            "reconcile": self.reconcile,
            "status": self.status,
            "replay": self.replay,
            "subscribe": self.subscribe,
            "unsubscribe": self.unsubscribe,
            "work": self.work,
            "connect": self.connect,
            "partner": self.partner,
            "token": self.token,
            "keys": self.keys,
            "lister": self.lister,
            "ask": self.ask,
            "new-key": self.new_key,
        }
        try:
            return acts[options["act"]](options)
        except NoAnswer as error:
            raise ExchangeRefused(f"对方没有应答（{error}），已取得的部分已保存，请稍后再运行同一命令。") from None
        except SaysNo as error:
            raise ExchangeRefused(f"对方拒绝（{error}），请核对双方登记的编号、密钥和授权范围。") from None

    def sync(self, options: dict[str, Any]) -> dict[str, Any]:
        now = Now.read()
        fetched = syncing.synchronise(
            area=options["area"],
            since=options["since"],
            everything=options["all"],
            at=now.at,
            on=now.on,
            clock=this_moment,
        )
        return self.told(fetched, now.at)

    def load(self, options: dict[str, Any]) -> dict[str, Any]:
        now = Now.read()
        return self.told(syncing.load_files(area=options["area"], at=now.at, on=now.on, clock=this_moment), now.at)

    def told(self, fetched: syncing.Fetched, now: datetime) -> dict[str, Any]:
        seconds = (this_moment() - now).total_seconds()
        rate = round(fetched.records / seconds) if seconds else 0
        return {
            "records": fetched.records,
            "pages": fetched.pages,
            **fetched.counts,
            "faults": fetched.faults[:20],
            "seconds": round(seconds, 2),
            "rate": rate,
        }

    def reconcile(self, options: dict[str, Any]) -> dict[str, Any]:
        now = Now.read()
        return reconciling.reconcile(area=options["area"], at=now.at, on=now.on).as_json()

    def status(self, options: dict[str, Any]) -> dict[str, Any]:
        lines = []
        for partner in queries.partners():
            link = queries.link_of(partner)
            lines.append(
                {
                    "sender_id": partner.sender_id,
                    "kind": partner.kind,
                    "line": link.state,
                    "failures": link.failures,
                    "answered_at": link.answered_at,
                    "heard_at": link.heard_at,
                    "changed_at": link.changed_at,
                    "synced_at": link.synced_at,
                    "compared_at": link.compared_at,
                    "comparison": link.comparison,
                    "why": link.why,
                }
            )
        return {"lines": lines, **queries.queue_counts()}

    def replay(self, options: dict[str, Any]) -> dict[str, Any]:
        by = user_named(options["by"]) if options["by"] else None
        again = applying.replay(by=by, at=this_moment())
        return {"again": again, **self.work(options)}

    def work(self, options: dict[str, Any]) -> dict[str, Any]:
        read = Now.read()
        now, on = read.at, read.on
        return {
            "applied": applying.apply_waiting(at=now, on=on),
            "sent": sending.send_due(at=now),
            **queries.queue_counts(),
        }

    def subscribe(self, options: dict[str, Any]) -> dict[str, Any]:
        return {"transaction_id": subscribing.subscribe(at=this_moment()), "sent": sending.send_due(at=this_moment())}

    def unsubscribe(self, options: dict[str, Any]) -> dict[str, Any]:
        return {"subscriptions": subscribing.unsubscribe(at=this_moment()), "sent": sending.send_due(at=this_moment())}

    def connect(self, options: dict[str, Any]) -> dict[str, Any]:
        secret = options["secret_file"].read_text().strip() if options["secret_file"] else ""
        return self._open(options, "federation", client_secret=secret)

    def partner(self, options: dict[str, Any]) -> dict[str, Any]:
        return self._open(options, "partner")

    def lister(self, options: dict[str, Any]) -> dict[str, Any]:
        secret = options["secret_file"].read_text().strip() if options["secret_file"] else ""
        answers = (options["answers"] or "").replace("-", "_")
        return self._open(
            options, "lister", client_secret=secret, lists=filter(None, options["lists"].split(",")), answers=answers
        )

    def ask(self, options: dict[str, Any]) -> dict[str, Any]:
        """A round of questions, from where it was; `failed` when it stands still."""
        if not options["list"] or division(options["division"] or "") is None:
            raise ExchangeRefused("请用 --list 给出名单，用 --division 给出 12 位区划代码。")
        now = Now.read()
        on = now.on
        by = user_named(options["by"]) if options["by"] else None
        partner = asking.who_answers(options["list"], options["division"], options["sender_id"] or "")
        begun = asking.start_asking(
            partner=partner,
            kind=options["list"],
            area=options["division"],
            month=Month.of(on).back(1),
            at=now.at,
            on=on,
            by=by,
        )
        told = asking.progress_of(begun)
        with tqdm(disable=not sys.stderr.isatty(), unit="batch", total=begun.batches) as bar:
            for told in asking.ask_on(asking_id=begun.pk, clock=this_moment, on=on):
                bar.n = told.answered
                bar.refresh()
        answer = {
            "list": begun.kind,
            "batches": told.batches,
            "answered": told.answered,
            "persons": told.persons,
            "found": told.found,
        }
        waits = not told.finished and partner.answers == "later" and not told.why
        return (
            answer
            | ({"waits": "对方稍后回复，收到后自动入库。"} if waits else {})
            | ({"failed": told.why} if told.why else {})
        )

    def _open(self, options: dict[str, Any], kind: str, **more: Any) -> dict[str, Any]:
        if not options["sender_id"]:
            raise ExchangeRefused("请用 --sender-id 给出对方的编号。")
        by = user_named(options["by"]) if options["by"] else None
        opened, secret = partners.open_partner(
            sender_id=options["sender_id"],
            name=options["name"] or options["sender_id"],
            kind=kind,
            base_url=options["url"],
            must_sign=not options["unsigned"],
            quota=options["quota"],
            by=by,
            areas=filter(None, options["areas"].split(",")),
            fields=filter(None, options["fields"].split(",")),
            **more,
        )
        if options["keys"]:
            keys = keys_of_set(json.loads(options["keys"].read_text()))
            partners.set_partner_keys(partner=opened, keys=keys, at=this_moment(), by=by)
        return {"sender_id": opened.sender_id, "client_secret": secret or "（沿用原密钥）"}

    def token(self, options: dict[str, Any]) -> dict[str, Any]:
        found = queries.partner_known_as(options["sender_id"] or "")
        if found is None:
            raise ExchangeRefused("没有这个对接方。")
        text, seconds = partners.keep_token(partner=found, at=this_moment())
        return {"access_token": text, "expires_in": seconds}

    def keys(self, options: dict[str, Any]) -> dict[str, Any]:
        return signing.key_set(signing.signing_keys())

    def new_key(self, options: dict[str, Any]) -> dict[str, Any]:
        signing.signing_keys()
        return {"key_id": signing.new_signing_key().key_id}
