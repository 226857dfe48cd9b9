"""HTTPS served by lxbt itself: an own certificate closed to others, secure cookies, HSTS."""

from __future__ import annotations

import os
import ssl
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from pathlib import Path

import pytest
from cryptography import x509
from django.core.management import CommandError, call_command
from django.db import connection

from lxbt.config.tls import own_certificate
from tests.faults.installation import ROOT, free_port, wait_for

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def test_certificate_and_key_are_made_once_and_closed_to_others(tmp_path: Path) -> None:
    certificate, key = own_certificate(tmp_path / "tls", ["127.0.0.1", "lxbt.example"], at=NOW)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "tls").stat().st_mode) == 0o700
    before = certificate.read_bytes()
    assert own_certificate(tmp_path / "tls", ["lxbt.example"], at=NOW + timedelta(days=300))[0].read_bytes() == before
    names = x509.load_pem_x509_certificate(before).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["lxbt.example"]


def test_it_is_made_anew_for_another_host_and_before_it_runs_out(tmp_path: Path) -> None:
    first = own_certificate(tmp_path, ["127.0.0.1"], at=NOW)[0].read_bytes()
    second = own_certificate(tmp_path, ["127.0.0.1", "other.example"], at=NOW)[0].read_bytes()
    third = own_certificate(tmp_path, ["127.0.0.1"], at=NOW + timedelta(days=390))[0].read_bytes()
    assert len({first, second, third}) == 3


def test_a_certificate_without_its_key_is_refused_in_words() -> None:
    with pytest.raises(CommandError, match="一起给"):
        call_command("serve", certificate="c.pem", skip_checks=True)
    with pytest.raises(CommandError, match="读不到"):
        call_command("serve", certificate="no-such.pem", key="no-such-key.pem", skip_checks=True)


@pytest.fixture
def secure(tmp_path: Path, db: None) -> Iterator[int]:
    """`lxbt serve --tls` on the database of this test process; gives its port."""
    port, kept = free_port(), connection.settings_dict
    url = f"postgresql://{kept['USER']}:{kept['PASSWORD']}@/{kept['NAME']}?host={kept['HOST']}&port={kept['PORT']}"
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "lxbt.config.command_line",
            "serve",
            "--port",
            str(port),
            "--workers",
            "1",
            "--no-worker",
            "--tls",
        ],
        env={**os.environ, "LXBT_VAR": str(tmp_path), "PYTHONPATH": str(ROOT), "DATABASE_URL": url},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield port
    finally:
        process.terminate()
        process.wait(20)


def test_a_direct_run_over_https_has_secure_cookies_and_hsts(secure: int, tmp_path: Path) -> None:
    certificate, answers = tmp_path / "tls" / "certificate.pem", []

    def answered() -> bool:
        if certificate.exists():
            with suppress(OSError):
                trusted = ssl.create_default_context(cafile=str(certificate))
                answers.append(urllib.request.urlopen(f"https://127.0.0.1:{secure}/login/", timeout=5, context=trusted))
        return bool(answers)

    wait_for("a page over https", answered)
    headers = answers[0].headers
    assert "max-age=31536000" in headers["Strict-Transport-Security"]
    assert "Secure" in headers["Set-Cookie"]
    with pytest.raises((OSError, HTTPException)):
        urllib.request.urlopen(f"http://127.0.0.1:{secure}/login/", timeout=5)
