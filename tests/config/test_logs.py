"""Log lines tell what failed, where and in which request, and no value of anybody."""

from __future__ import annotations

import io
import json
import logging
import logging.config
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from lxbt.config.logs import fault_of, logging_settings
from lxbt.web.kit.errors import failed
from lxbt.web.kit.tracing import HEADER, traced_requests

SECRET = "张三420102199001011234"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What was logged since the test began."""
    written = io.StringIO()
    monkeypatch.setattr("sys.stderr", written)
    logging.config.dictConfig(logging_settings(text=False))
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logging.config.dictConfig(settings.LOGGING)


def raised() -> Exception:
    """An error whose message quotes a person, as a parser's does."""
    try:
        try:
            raise ValueError(SECRET)
        except ValueError as error:
            raise LookupError(f"no such: {SECRET}") from error
    except LookupError as error:
        return error


def test_of_an_exception_the_kinds_and_places_are_told_never_the_message() -> None:
    told = fault_of(raised())
    assert [one["kind"] for one in told["errors"]] == ["builtins.LookupError", "builtins.ValueError"]
    assert told["frames"][-1].endswith(" raised")
    assert SECRET not in json.dumps(told, ensure_ascii=False)


@pytest.mark.django_db
def test_of_a_refused_statement_code_and_constraint_are_told_never_the_row() -> None:
    with connection.cursor() as cursor:
        cursor.execute("create temp table seat (name text constraint named_twice unique) on commit drop")
    with pytest.raises(DatabaseError) as refused, connection.cursor() as cursor:
        cursor.execute("insert into seat values (%s), (%s)", [SECRET, SECRET])
    told = json.dumps(fault_of(refused.value), ensure_ascii=False)
    assert "23505" in told
    assert "named_twice" in told
    assert SECRET not in told


def test_a_failed_page_carries_the_number_of_its_log_lines(lines: Callable[[], list[dict[str, Any]]]) -> None:
    request = RequestFactory().get(f"/persons/17/?name={SECRET}")

    def page(asked: HttpRequest) -> HttpResponse:
        try:
            raise raised()
        except LookupError:
            return failed(asked)

    answer = traced_requests(page)(request)
    written = lines()
    number = answer.headers[HEADER]
    assert number in answer.content.decode()
    assert [line["request"] for line in written] == [number, number]
    assert {line["event"] for line in written} == {"error page", "page"}
    assert SECRET not in json.dumps(written, ensure_ascii=False)
    assert "/persons/" not in json.dumps(written)
    assert written[0]["frames"]
    assert written[1]["status"] == 500


def test_a_database_that_does_not_answer_is_no_defect_of_the_page(lines: Callable[[], list[dict[str, Any]]]) -> None:
    from django.db import OperationalError

    def page(asked: HttpRequest) -> HttpResponse:
        try:
            raise OperationalError("server closed the connection")
        except OperationalError:
            return failed(asked)

    answer = traced_requests(page)(RequestFactory().get("/"))
    assert answer.status_code == 503
    assert "数据库在限定的时间内没有回答" in answer.content.decode()


def test_what_a_library_logs_comes_as_data_too(lines: Callable[[], list[dict[str, Any]]]) -> None:
    logging.getLogger("lxbt.anything").error("the line to %s is down", "a partner")
    (line,) = lines()
    assert (line["event"], line["level"], line["logger"]) == ("the line to a partner is down", "error", "lxbt.anything")
