"""`lxbt open-administrator`: the first account of an empty installation, the ministry's administrator."""

from __future__ import annotations

import getpass
import os
import sys
from typing import Any

from django.core.management.base import CommandParser

from lxbt.accounts import queries as accounts
from lxbt.accounts.operations.appointing import open_account
from lxbt.accounts.rules import Organ
from lxbt.cli.command import Command as Base
from lxbt.core.clock import Now
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import NATION


class AlreadyOpened(Refusal):
    """There are accounts already."""


class IdentityMissing(Refusal):
    """Nobody said whose account it is."""


def ask_identity() -> str:
    """The identity number of who will hold the account: from the environment or typed unseen, never an argument."""
    if "LXBT_ADMINISTRATOR_IDENTITY" in os.environ:
        return os.environ["LXBT_ADMINISTRATOR_IDENTITY"]
    return getpass.getpass("身份证号（不显示）：") if sys.stdin.isatty() else ""


class Command(Base):
    help = (
        "Open the ministry's administrator on an installation without accounts; prints the first password once."
        " The identity number of its holder is asked for, or taken from LXBT_ADMINISTRATOR_IDENTITY."
    )
    example = "open-administrator --username 00_root --name 管理员"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--username", required=True)
        parser.add_argument("--name", required=True)

    def run(self, **options: Any) -> dict[str, Any]:
        if accounts.any_account():
            raise AlreadyOpened("已有账号。新账号由上一级管理员在“账号与授权”页面开通。")
        nation = divisions.division(NATION)
        if nation is None:
            raise AlreadyOpened("区划还没有载入，请先运行 lxbt setup。")
        number = ask_identity()
        if not number.strip():
            raise IdentityMissing(
                "账号属于一个人：请在终端输入其身份证号，或放在环境变量 LXBT_ADMINISTRATOR_IDENTITY 里。"
            )
        user, first = open_account(
            username=options["username"],
            name=options["name"],
            organ=Organ.CIVIL_AFFAIRS,
            place=nation,
            roles=["administrator"],
            by=None,
            on=Now.read().on,
            identity_number=number,
        )
        return {"username": user.username, "first_password": first}
