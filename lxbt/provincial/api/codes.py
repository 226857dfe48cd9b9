"""The caller's own words for our codes."""

from __future__ import annotations

from typing import Any

from ninja import Router, Schema

from lxbt.provincial import queries
from lxbt.provincial.api.gate import ProvinceRequest
from lxbt.provincial.operations import codes as operations
from lxbt.provincial.rules.codes import TABLES
from lxbt.provincial.rules.problems import Problem

router = Router(tags=["codes"])


class Codes(Schema):
    """A table: the caller's word -> ours."""

    codes: dict[str, str]


@router.get("/codes/{table}", response=Codes, operation_id="codes", summary="代码对照表")
def codes(request: ProvinceRequest, table: str) -> Any:
    """One table as it was set."""
    if table not in TABLES:
        raise Problem(404, "not_found", "", "table")
    return {"codes": queries.codes_in(request.auth, table)}


@router.put("/codes/{table}", response=Codes, operation_id="set_codes", summary="设置代码对照表")
def set_codes(request: ProvinceRequest, table: str, told: Codes) -> Any:
    """Replace a table; records from now on are read with it."""
    operations.set_codes(client=request.auth, table=table, codes=told.codes, at=request.at)
    return {"codes": queries.codes_in(request.auth, table)}
