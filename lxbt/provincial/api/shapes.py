"""What the OpenAPI file says of bodies that are not read by a schema: records, batches, row results."""

from __future__ import annotations

from typing import Any

from lxbt.imports.kinds import kind_of
from lxbt.imports.reading.records import record_keys
from lxbt.provincial.rules.kinds import KINDS, LEFT_OUT


def _record(kind: str) -> dict[str, Any]:
    """The shape of a record of a kind."""
    told = kind_of(KINDS[kind])
    fields: dict[str, Any] = {
        "ref": {"type": "string", "minLength": 1, "maxLength": 64, "description": "自己系统的记录编号"}
    }
    for key in record_keys(told, sorted(LEFT_OUT.get(kind, ()))):
        column = told.column(key)
        fields[key] = {
            "type": ["string", "number", "null"] if column.kind in ("money", "count") else ["string", "null"],
            "description": f"{column.title}。{column.note}",
        }
    required = ["ref", *(column.key for column in told.columns if column.required)]
    return {"type": "object", "title": kind, "required": required, "properties": fields, "additionalProperties": False}


RECORD = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"anyOf": [_record(kind) for kind in KINDS]}}},
    }
}
ROWS: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "一行一条记录，可用 gzip 压缩",
        "content": {"application/x-ndjson": {"schema": {"type": "string", "format": "binary"}}},
    },
}
LINES: dict[str, Any] = {
    "responses": {
        "200": {"description": "一行一条结果", "content": {"application/x-ndjson": {"schema": {"type": "string"}}}}
    },
}
