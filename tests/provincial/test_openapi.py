"""What the OpenAPI file says holds for whatever is sent: never a fault of ours, never an answer that it does not tell
of.
"""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
import requests
import schemathesis
from django.http import HttpResponse
from django.test import Client as Caller
from hypothesis import HealthCheck, settings
from schemathesis.checks import CheckFunction
from schemathesis.checks import not_a_server_error as no_fault_of_ours
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lxbt.core.canonical import NotCanonical, canonical
from lxbt.provincial.api import api
from lxbt.provincial.operations.single import forget_warm
from lxbt.provincial.rules import signing
from tests.imports import county
from tests.provincial.calling import Province, opened

pytestmark = pytest.mark.django_db


@schemathesis.serializer("application/x-ndjson")
def lines(_context: Any, value: Any) -> bytes:
    """A stream of records is bytes to whoever knows the file alone."""
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


CHECKS: list[CheckFunction] = [
    no_fault_of_ours,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
LEAST, MOST = 15, 25  # examples for each address
BOUNDED = settings(
    max_examples=MOST, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
)
schema = schemathesis.openapi.from_dict(json.loads(json.dumps(api.get_openapi_schema())))


@pytest.fixture
def province(db: None) -> Province:
    county.make_county()
    forget_warm()
    return opened(quota=100_000)


def answered(sent: requests.PreparedRequest, answer: Any) -> Response:
    """Django's answer as the checks want it."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = {name.lower(): [value] for name, value in answer.headers.items()}
    return Response(answer.status_code, headers, content, sent, 0.001, False)


def prepared(case: schemathesis.Case) -> requests.PreparedRequest:
    kwargs = case.as_transport_kwargs(base_url="http://testserver")
    kwargs = {
        name: value
        for name, value in kwargs.items()
        if name in ("method", "url", "headers", "params", "data", "json", "cookies")
    }
    kwargs["headers"] = {
        name: value for name, value in (kwargs.get("headers") or {}).items() if name not in signing.HEADERS
    }
    return requests.Request(**kwargs).prepare()


def send(case: schemathesis.Case, province: Province | None) -> Response:
    sent = prepared(case)
    body = sent.body or b""
    body = body.encode() if isinstance(body, str) else bytes(body)
    if "json" in str(sent.headers.get("Content-Type")) and isinstance(case.body, dict | list):
        with contextlib.suppress(NotCanonical):
            body = canonical(case.body)
    target = sent.path_url
    headers = {
        name: str(value) for name, value in sent.headers.items() if name.lower() not in ("content-length", "cookie")
    }
    if province is not None:
        headers |= province.headers(sent.method or "", target, body)
    path, _mark, query = target.partition("?")
    content_type = headers.pop("Content-Type", "application/octet-stream")
    answer: HttpResponse = Caller(raise_request_exception=False).generic(
        sent.method or "GET", path, body, content_type=content_type, headers=headers, QUERY_STRING=query
    )
    return answered(sent, answer)


@schema.parametrize()
@BOUNDED
def test_whatever_is_sent_signed_is_answered_as_told(case: schemathesis.Case, province: Province) -> None:
    case.validate_response(send(case, province), checks=CHECKS)


@schema.parametrize()
@settings(BOUNDED, max_examples=LEAST)
def test_whatever_is_sent_unsigned_is_a_stranger(case: schemathesis.Case, province: Province) -> None:
    response = send(case, None)
    case.validate_response(response, checks=CHECKS)
    assert response.status_code in (401, 405)


def test_the_file_tells_every_address_with_its_faults() -> None:
    told = schema.raw_schema
    assert told["openapi"].startswith("3.1")
    for path in told["paths"].values():
        for operation in path.values():
            assert {"400", "401", "404", "429"} <= set(operation["responses"])
            assert {parameter["name"] for parameter in operation["parameters"]} >= set(signing.HEADERS) - {
                signing.SIGNATURE
            }


def test_a_method_that_an_address_does_not_take_is_told(province: Province) -> None:
    for method, path in (("DELETE", "/status"), ("PUT", "/push/persons"), ("PATCH", "/codes/division")):
        answer = province.call(method, path, b"{}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (405, "method")
        assert answer["Allow"]
