"""The standards of the demonstration: read from the data file, drafted by one account and published by another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import Any

import yaml

from lxbt.accounts.models import User
from lxbt.core.months import Month
from lxbt.core.workdays import add_workdays
from lxbt.divisions.queries import name_of
from lxbt.standards.operations import draft_standard, publish_standard, record_dibao_standard, set_parameter
from lxbt.standards.rules.rows import DibaoRow


@dataclass(frozen=True)
class PlannedRow:
    """A row of a standard with the month in which it is published."""

    row: dict[str, Any]
    published: Month
    late: bool  # published while payments run: one of the events of a month


def load_data() -> dict[str, Any]:
    """The data file."""
    return dict(yaml.safe_load(files("lxbt.demonstration").joinpath("data/standards.yaml").read_text(encoding="utf-8")))


def _filled(template: list[dict[str, Any]], values: dict[str, Any]) -> list[dict[str, Any]]:
    text = json.dumps(template)
    for key, value in values.items():
        text = text.replace(f"{{{key}}}", str(value))
    return list(json.loads(text))


def planned_rows(begin: Month) -> Iterator[PlannedRow]:
    """Every row of the file, with its months told from the first month of payments."""
    data = load_data()
    base = begin + data["base"]
    for province, told in data["provinces"].items():
        rows = told.get("rows") or _filled(data["templates"][told["template"]], told)
        places = {province: rows, **told.get("below", {})}
        for place, listed in places.items():
            for raw in listed:
                row = {k: v for k, v in raw.items() if k not in ("since", "published")}
                since = begin + raw["since"] if "since" in raw else base
                published = begin + raw["published"] if "published" in raw else base
                yield PlannedRow(
                    {**row, "division": place.ljust(12, "0"), "since": str(since)}, published, "published" in raw
                )


def publish_rows(rows: list[PlannedRow], drafters: dict[str, User], publishers: dict[str, User]) -> None:
    """Draft and publish; the accounts are those of the province, by its two digits."""
    data = load_data()
    for n, planned in enumerate(rows, start=1):
        place = planned.row["division"]
        if place[:2] not in drafters:  # an installation with a part of the country only
            continue
        draft = draft_standard(
            row=planned.row,
            document_title=data["title"].format(name=name_of(place)),
            document_number=data["number"].format(year=planned.published.year, n=n),
            by=drafters[place[:2]],
        )
        publish_standard(standard_id=draft.pk, by=publishers[place[:2]], on=add_workdays(planned.published.first, 4))


def record_dibao(begin: Month, drafters: dict[str, User], publishers: dict[str, User]) -> None:
    """The 低保 standards, and those of two years before, which they supersede."""
    data = load_data()
    now = begin + data["base"]
    for place, (urban, rural) in data["dibao"].items():
        if place[:2] not in drafters:
            continue
        for month, share in ((now.back(24), Decimal("0.92")), (now, Decimal(1))):
            for area, amount in (("urban", urban), ("rural", rural)):
                row = DibaoRow(
                    place.ljust(12, "0"),
                    area,
                    month,
                    None,
                    (amount * share).quantize(Decimal(1)).quantize(Decimal("0.01")),
                )
                held = month == now  # those of before are set up with the place: nobody had an account yet
                record_dibao_standard(
                    row=row,
                    document_number=data["number"].format(year=month.year, n=1),
                    drafted_by=drafters[place[:2]] if held else None,
                    by=publishers[place[:2]] if held else None,
                    on=month.first,
                )


def set_parameters(drafters: dict[str, User], publishers: dict[str, User], on: date) -> None:
    """Local rules: the shares of funding, and one province's procedure with a public notice."""
    for province, told in load_data()["provinces"].items():
        if province not in drafters:
            continue
        for name, value in told.get("parameters", {}).items():
            set_parameter(
                division_code=province.ljust(12, "0"),
                name=name,
                value=value,
                since=None,
                document_number=load_data()["number"].format(year=on.year, n=1),
                drafted_by=drafters[province],
                by=publishers[province],
                on=on,
            )
