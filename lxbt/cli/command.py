"""What every `lxbt` command shares: JSON on demand, refusals as one sentence and a non-zero exit."""

from __future__ import annotations

import errno
import json
import sys
from abc import abstractmethod
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError

from lxbt.audit.origin import acts_from
from lxbt.core.months import Month
from lxbt.core.refusal import Refusal


class NoMonth(Refusal):
    """The month on the command line is none."""


def month_named(text: str) -> Month:
    """Return the month of an argument; NoMonth says how to write it."""
    try:
        return Month.parse(text)
    except ValueError as error:
        raise NoMonth(str(error)) from None


def _broken(error: OperationalError | InterfaceError) -> str:
    """What to do when the database did not carry a statement out: what was begun is undone."""
    return (
        "与数据库的连接中断，没有完成的部分已撤销。请稍后再运行同一命令；数据库没有起来时先运行 lxbt doctor。"
        f"（{(str(error).strip().splitlines() or ['-'])[0]}）"
    )


def _withheld(error: OSError | MemoryError) -> str:
    """What to do when the machine withholds a file, room on its disk, or memory."""
    if isinstance(error, MemoryError):
        return "内存不够，没有完成的部分已撤销。请关闭别的程序，或把文件分成几份后再运行。"
    named = f"：{error.filename}" if error.filename else ""
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return f"磁盘已满{named}。没有完成的部分已撤销，请腾出空间后再运行同一命令。"
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return f"没有读写的权限{named}。请检查文件夹的权限，或换一个可以写的位置（LXBT_VAR）。"
        case errno.ENOENT:
            return f"找不到文件{named}。请检查路径。"
        case errno.EADDRINUSE:
            return "这个端口已被别的程序占用，请换一个 --port。"
        case _:
            return f"读写出错{named}（{error.strerror or type(error).__name__}）。请检查磁盘和网络后再运行同一命令。"


def _sentence(error: Exception) -> str:
    if isinstance(error, OperationalError | InterfaceError):
        return _broken(error)
    return _withheld(error) if isinstance(error, OSError | MemoryError) else str(error)


class Command(BaseCommand):
    """Base of the commands: subclasses write `arguments` and `run`; `run` gives a dictionary for --json."""

    example = ""
    origin = "terminal"

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        name = subcommand.replace("_", "-")
        return super().create_parser(
            "lxbt", name, epilog=f"example: lxbt {self.example}" if self.example else None, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the answer as JSON")
        self.arguments(parser)

    def arguments(self, parser: CommandParser) -> None:
        """Add the command's own arguments."""

    @abstractmethod
    def run(self, **options: Any) -> dict[str, Any]:
        """Do the work and give the answer."""

    def tell(self, answer: dict[str, Any]) -> None:
        """Print the answer for a person."""
        for key, value in answer.items():
            self.stdout.write(f"{key}: {value}")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with acts_from(self.origin):
                answer = self.run(**options)
        except BrokenPipeError:
            raise  # whoever reads has gone: nobody is left to be told
        except (Refusal, OperationalError, InterfaceError, OSError, MemoryError) as error:
            sentence = _sentence(error)
            if options["json"]:
                self.stdout.write(json.dumps({"error": sentence}, ensure_ascii=False))
            raise CommandError(sentence) from error
        if options["json"]:
            json.dump(answer, sys.stdout, ensure_ascii=False, default=str, indent=None)
            sys.stdout.write("\n")
        else:
            self.tell(answer)
        if answer.get("failed"):
            sys.exit(1)
