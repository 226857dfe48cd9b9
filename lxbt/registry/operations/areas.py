"""Areas that merge, split, get another code or another name: shown with its effect, agreed to above, and carried out
with all that follows.

Past months stay as they were. From the month of the day on, people, open cases, accounts and papers belong to the new
code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Permission
from lxbt.audit.operations import record_event
from lxbt.core.months import Month
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries
from lxbt.divisions.followers import FOLLOWERS, Follower
from lxbt.divisions.models import Division
from lxbt.divisions.operations import merge_division, rename_division
from lxbt.divisions.rules import CUTS, NATION, covers, prefix
from lxbt.proposals.operations import Kind, propose, register
from lxbt.proposals.rules import Effect

if TYPE_CHECKING:
    from lxbt.accounts.models import User
    from lxbt.proposals.models import Proposal

CHANGE = "divisions.change"
ACTS = {"merge": lazy("并入"), "rename": lazy("更名"), "recode": lazy("换代码"), "split": lazy("析出")}
SHOWN = 40  # codes that are named in an effect


class AreaRefused(Refusal):
    """The area cannot be changed so."""


@dataclass(frozen=True)
class Wanted:
    """What is to become of an area.

    `into`: the code that receives, or the new one; `listed`: what a split takes out.
    """

    act: str
    code: str
    into: str = ""
    name: str = ""
    listed: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The same, to be kept with a proposal."""
        return {"act": self.act, "code": self.code, "into": self.into, "name": self.name, "listed": list(self.listed)}


def wanted_from(told: Mapping[str, Any]) -> Wanted:
    """Read it as it was kept."""
    return Wanted(told["act"], told["code"], told["into"], told["name"], tuple(told["listed"]))


def _node(code: str) -> Division:
    node = queries.division(code)
    if node is None or node.until is not None or code == NATION:
        raise AreaRefused(_("区划 %(code)s 不存在或已撤销。") % {"code": code}, field="code")
    return node


def _children(code: str) -> list[Division]:
    return list(Division.objects.filter(parent_code=code, until__isnull=True).order_by("code"))


def _free_code(parent: str, taken: set[str]) -> str:
    """The next code below a parent that nobody has, or ever had."""
    digits = prefix(parent)
    cut = next(c for c in (*CUTS, 12) if c > len(digits))
    last = max(
        (int(c[len(digits) : cut]) for c in taken if c.startswith(digits) and c[:cut].ljust(12, "0") == c), default=0
    )
    if last + 1 >= 10 ** (cut - len(digits)):
        raise AreaRefused(_("%(code)s 下已没有可用的代码，请先换代码。") % {"code": parent})
    code = f"{digits}{last + 1:0{cut - len(digits)}d}".ljust(12, "0")
    taken.add(code)
    return code


def moves_of(wanted: Wanted) -> dict[str, str]:
    """Every code that goes over to another, the area itself first; AreaRefused for what cannot be."""
    node = _node(wanted.code)
    if wanted.act == "rename":
        if not wanted.name.strip() or wanted.name.strip() == node.name:
            raise AreaRefused(_("请填写新的名称。"), field="name")
        return {}
    if wanted.act == "merge":
        return _merged(node, _node(wanted.into))
    if wanted.act not in ACTS:
        raise AreaRefused(_("请选择要办理的事项。"), field="act")
    _new_code(wanted.into)
    if wanted.act == "recode":
        if len(prefix(wanted.into)) != len(prefix(wanted.code)) or covers(wanted.code, wanted.into):
            raise AreaRefused(_("新代码应与原代码同级，且不在原代码之内。"), field="into")
        return _recoded(node, wanted.into)
    if not wanted.name.strip():
        raise AreaRefused(_("请填写析出地区的名称。"), field="name")
    listed = [_node(code) for code in wanted.listed]
    if not listed or any(child.parent_code != node.code for child in listed):
        raise AreaRefused(_("请列出要析出的下级区划，它们须直属于该地区。"), field="listed")
    taken: set[str] = set()
    moves: dict[str, str] = {}
    for child in listed:
        moves |= _recoded(child, _free_code(wanted.into, taken))
    return moves


def _new_code(code: str) -> None:
    if len(code) != 12 or not code.isascii() or not code.isdigit() or Division.objects.filter(code=code).exists():
        raise AreaRefused(_("新代码应为没有用过的 12 位数字。"), field="into")
    parent = next((c for c in _above(code) if Division.objects.filter(code=c, until__isnull=True).exists()), None)
    if parent is None:
        raise AreaRefused(_("新代码的上级区划不存在。"), field="into")


def _above(code: str) -> list[str]:
    return [code[:cut].ljust(12, "0") for cut in reversed(CUTS) if code[:cut].ljust(12, "0") != code] + [NATION]


def _merged(node: Division, into: Division) -> dict[str, str]:
    if node.code == into.code or covers(node.code, into.code) or covers(into.code, node.code):
        raise AreaRefused(_("不能并入自己、自己的上级或下级。"), field="into")
    if node.tier != into.tier or (node.acts_as_county and not into.acts_as_county):
        raise AreaRefused(_("只能并入同级的地区。"), field="into")
    moves = {node.code: into.code}
    taken = set(Division.objects.filter(code__startswith=prefix(into.code)).values_list("code", flat=True))
    for child in _children(node.code):
        moves |= _recoded(child, _free_code(into.code, taken))
    return moves


def _recoded(node: Division, to: str) -> dict[str, str]:
    """A node and all below it under another code: the digits below stay."""
    old, new = prefix(node.code), prefix(to)
    moves = {node.code: to}
    for code in (
        Division.objects.filter(code__startswith=old, until__isnull=True)
        .exclude(code=node.code)
        .order_by("code")
        .values_list("code", flat=True)
    ):
        moves[code] = new + code[len(old) :]
    return moves


def _count(one: Follower, codes: Sequence[str]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {one.table} where {one.column} = any(%s) and ({one.only})", [list(codes)])
        found: int = cursor.fetchone()[0]
        return found


def _persons(codes: Sequence[str]) -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from registry_person where division_code = any(%s)", [list(codes)])
        found: int = cursor.fetchone()[0]
        return found


def effect_of(wanted: Wanted) -> Effect:
    """What it does; AreaRefused with the names of what stands in the way."""
    node, moves = _node(wanted.code), moves_of(wanted)
    if wanted.act == "rename":
        return Effect(((_("名称"), node.name, wanted.name.strip()),))
    codes = list(moves)
    in_way = [
        f"{one.title} {count}"
        for one in FOLLOWERS.values()
        if one.blocks and (count := _count(one, [*codes, wanted.code]))
    ]
    if in_way:
        raise AreaRefused(_("还不能办理，请先办结：%(what)s。") % {"what": _("、").join(in_way)})
    names = {n.code: n.name for n in Division.objects.filter(code__in=[*moves, *moves.values()])}
    lines = [
        (names.get(old, old), old, f"{names.get(new, names.get(old, ''))} {new}".strip())
        for old, new in list(moves.items())[:SHOWN]
    ]
    if len(moves) > SHOWN:
        lines.append((_("其余下级区划"), str(len(moves) - SHOWN), _("同样改到新代码")))
    persons = _persons(codes)
    lines.append((_("在册的人"), f"{persons:,}", _("从本月起属于新代码，以前月份不变")))
    for one in FOLLOWERS.values():
        if not one.blocks and (count := _count(one, codes)):
            lines.append((str(one.title), f"{count:,}", _("转到新代码")))
    return Effect(tuple(lines), persons)


def change_area(wanted: Wanted, *, by: User | None, on: date, unfinished: bool = False) -> dict[str, str]:
    """Carry it out on its day, with all that follows. Gives the codes that went over; AreaRefused while something is in
    the way.

    `unfinished`: what is not finished stays as it is, for a story that tells no results of its batches.
    """
    with transaction.atomic():
        if not unfinished:
            effect_of(wanted)
        moves = moves_of(wanted)
        if wanted.act == "rename":
            rename_division(code=wanted.code, name=wanted.name.strip(), by=by)
            return {}
        _make_nodes(wanted, moves, on)
        for old, new in moves.items():
            merge_division(code=old, into=new, on=on, by=by)
        _move_people(moves, by, on)
        for one in FOLLOWERS.values():
            if not one.blocks:
                _follow(one, moves)
        record_event(
            by=by,
            action="division.changed",
            subject_kind="division",
            subject_id=wanted.code,
            division_code=wanted.code,
            details={"act": wanted.act, "into": wanted.into, "codes": len(moves)},
        )
    queries.forget_names()
    return moves


def _make_nodes(wanted: Wanted, moves: Mapping[str, str], on: date) -> None:
    old = {n.code: n for n in Division.objects.filter(code__in=[*moves, wanted.code])}
    there = set(Division.objects.filter(code__in=list(moves.values())).values_list("code", flat=True))
    fresh = [(new, old[code]) for code, new in moves.items() if new not in there]
    if wanted.act == "split":
        fresh.insert(0, (wanted.into, old[wanted.code]))
    for code, like in fresh:
        parent = next(c for c in _above(code) if Division.objects.filter(code=c).exists())
        Division.objects.create(
            code=code,
            name=wanted.name.strip() if wanted.act == "split" and code == wanted.into else like.name,
            pinyin="" if wanted.act == "split" and code == wanted.into else like.pinyin,
            level=like.level,
            kind=like.kind,
            parent_code=parent,
            acts_as_county=like.acts_as_county,
            since=on,
        )


def _move_people(moves: Mapping[str, str], by: User | None, on: date) -> None:
    """A dated fact for each, from the month of the day on; their months are told anew, for the old payer and
    the new.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "with moved as (update registry_person p set division_code = m.new "
            "from unnest(%(old)s::text[], %(new)s::text[]) m (old, new)"
            "  where p.division_code = m.old returning p.person_id, m.new),"
            " told as (insert into registry_fact (person_id, key, value, since, source, received_on, recorded_by_id)"
            "  select person_id, 'division', to_jsonb(new), %(since)s, 'merge', %(on)s, %(by)s from moved)"
            " insert into registry_change (person_id) select person_id from moved",
            {
                "old": list(moves),
                "new": list(moves.values()),
                "since": Month.of(on).first,
                "on": on,
                "by": by.pk if by else None,
            },
        )


def _follow(one: Follower, moves: Mapping[str, str]) -> None:
    there = "".join(f" and o.{name} = t.{name}" for name in one.unique)
    apart = f" and not exists (select from {one.table} o where o.{one.column} = m.new{there})" if one.unique else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"update {one.table} t set {one.column} = m.new from unnest(%s::text[], %s::text[]) m (old, new)"
            f" where t.{one.column} = m.old and ({one.only}){apart}",
            [list(moves), list(moves.values())],
        )


@transaction.atomic
def ask_to_change(*, wanted: Wanted, reason: str, by: User, at: datetime, on: date) -> Proposal:
    """Ask the level above; AreaRefused without the right, or for what cannot be."""
    if not standing_of(by, on=on).may(Permission.MANAGE_DIVISIONS, wanted.code):
        raise AreaRefused(_("您没有维护该区划的权限。"))
    return propose(
        kind=CHANGE,
        division_code=wanted.code,
        payload=wanted.as_json(),
        reason=reason,
        by=by,
        at=at,
        on=on,
        subject_kind="division",
        subject_id=int(wanted.code),
    )


def register_kinds() -> None:
    """The act, for the pages of proposals."""

    def effect(proposal: Proposal, on: date) -> Effect:
        return effect_of(wanted_from(proposal.payload))

    def carry_out(proposal: Proposal, *, by: User, at: datetime, on: date) -> object:
        return change_area(wanted_from(proposal.payload), by=by, on=on)

    register(Kind(CHANGE, lazy("区划调整"), Permission.MANAGE_DIVISIONS, effect, carry_out, decided_above=True))
