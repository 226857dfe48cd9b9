"""One visitor never stops the others: strangers who send slowly, read slowly or ask for much wait for themselves."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import ExitStack

from lxbt.config.front import FIRST
from tests.faults.filling import SENT
from tests.faults.serving import Official, Served

SLOW = 50
AT_ONCE = 1.0  # seconds within which a page answers


def line(served: Served, *said: bytes) -> socket.socket:
    found = socket.create_connection(("127.0.0.1", served.port), timeout=FIRST * 2)
    for part in said:
        found.sendall(part)
    return found


def seconds_of_a_page(served: Served) -> float:
    begun = time.monotonic()
    assert served.answers("/login/")
    return time.monotonic() - begun


HEAD = (
    b"POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 5000\r\n\r\n"
)


def test_pages_answer_at_once_while_strangers_trickle_bodies_and_headers(served: Served) -> None:
    with ExitStack() as open_lines:
        lines = [open_lines.enter_context(line(served, HEAD, b"a")) for _n in range(SLOW)]
        heads = [open_lines.enter_context(line(served, b"GET /login/ HTTP/1.1\r\nHost: x")) for _n in range(SLOW)]
        begun, took = time.monotonic(), []
        while time.monotonic() - begun < 4:
            for each in lines:
                each.sendall(b"=")
            for each in heads:
                each.sendall(b"x")
            took.append(seconds_of_a_page(served))
        assert max(took) < AT_ONCE, took
        # and they are sent away: the first of them has its answer when its time is over
        lines[0].settimeout(FIRST * 1.5)
        assert b" 408 " in lines[0].recv(4096)[:20]


def test_a_stranger_sends_no_long_body(served: Served) -> None:
    head = HEAD.replace(b"Content-Length: 5000", b"Content-Length: 60000000")
    with line(served, head, b"a" * 1000) as found:
        assert b" 413 " in found.recv(4096)[:20]
    chunked = HEAD.replace(b"Content-Length: 5000", b"Transfer-Encoding: chunked")
    with line(served, chunked) as found:
        part = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
        for _n in range(40):
            try:
                found.sendall(part)
            except OSError:
                break
        assert b" 413 " in found.recv(4096)[:20]


def test_readers_that_do_not_read_hold_no_thread(served: Served) -> None:
    ask = b"GET /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with ExitStack() as open_lines:
        for _n in range(SLOW):
            found = socket.socket()
            found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            open_lines.enter_context(found).connect(("127.0.0.1", served.port))
            found.sendall(ask * 20)
        time_left = time.monotonic() + 60
        while seconds_of_a_page(served) > AT_ONCE:  # until what they asked for has been made
            assert time.monotonic() < time_left
        assert max(seconds_of_a_page(served) for _n in range(5)) < AT_ONCE


def test_a_long_body_is_taken_whole_and_an_answer_too(served: Served) -> None:
    """What passes by the disk comes out as it went in: the page of a form that was too long says so itself."""
    body = b"username=" + b"a" * 900_000
    head = HEAD.replace(b"5000", str(len(body)).encode())
    done = threading.Event()
    with line(served, head) as found:
        for at in range(0, len(body), 50_000):
            found.sendall(body[at : at + 50_000])
        answer = found.recv(4096)
        done.set()
    assert b" 403 " in answer[:20]  # no token against forgery: Django read the form and refused it


def test_an_official_sends_a_long_body_and_the_page_reads_it(served: Served) -> None:
    officer = Official(served, "420102_payment_officer")
    ended = officer.post("/batches/draw/", padding="a" * 3_000_000, payer=SENT, month="2026-02")
    assert "/batches/" in ended
    assert served.place.count("select count(*) from payments_batch where month = '2026-02-01'") == 1
