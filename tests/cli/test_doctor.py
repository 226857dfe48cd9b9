"""`lxbt doctor`: each finding can be provoked, is told with how to mend it, and is gone when that was done."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command

from lxbt.accounts.models import User
from lxbt.cli.management.commands import doctor
from lxbt.config.keys import Keyring
from lxbt.registry.operations import add_identifier
from tests import factories as f

ROOT = Path(__file__).resolve().parent.parent.parent
DATABASE = "lxbt_doctor"


class Patient:
    """An installation of its own: an empty database on the tests' server, a folder, commands as processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keys = folder / "var" / "keys.json"
        vendor = folder / "vendor-of-pages"
        for sheet in (ROOT / "lxbt" / "web" / "static").rglob(
            "*.css"
        ):  # what style sheets name must be there to be collected
            for name in re.findall(r'url\("\.\./(vendor/[^"]+)"\)', sheet.read_text()):
                (vendor / name).parent.mkdir(parents=True, exist_ok=True)
                (vendor / name).write_bytes(b"x")
        worker = os.environ.get("PYTEST_XDIST_WORKER", "")
        self.database = DATABASE + worker
        self.server = os.environ["DATABASE_URL"]
        self.environment = {
            **os.environ,
            "DATABASE_URL": self.server.replace("/lxbt?", f"/{self.database}?"),
            "LXBT_VAR": str(folder / "var"),
            "LXBT_ENVIRONMENT": "demo",
            "LXBT_NODE_STATIC": str(vendor),
            "PYTHONPATH": str(ROOT),
        }
        self.environment.pop("LXBT_STATIC_ROOT", None)

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "lxbt.config.command_line", *arguments]
        return subprocess.run(
            command,
            env={**self.environment, **environment},
            cwd=self.folder,
            text=True,
            capture_output=True,
            timeout=300,
            check=False,
        )

    def found(self, **environment: str) -> tuple[int, dict[str, dict[str, Any]]]:
        """Exit code, and what is not as it should be, by name."""
        done = self.run("doctor", "--json", **environment)
        findings = json.loads(done.stdout)["findings"]
        return done.returncode, {finding["what"]: finding for finding in findings if finding["state"] != "ok"}


@pytest.fixture
def patient(tmp_path: Path) -> Iterator[Patient]:
    found = Patient(tmp_path)
    assert found.database in found.environment["DATABASE_URL"]
    with psycopg.connect(found.server, autocommit=True) as connection:
        connection.execute(f"drop database if exists {found.database} with (force)")
        connection.execute(f"create database {found.database}")
        yield found
        connection.execute(f"drop database if exists {found.database} with (force)")


def test_from_an_empty_database_to_health_by_doing_what_it_says(patient: Patient) -> None:
    code, wrong = patient.found()
    assert code == 1
    assert "lxbt migrate" in wrong["schema"]["mend"]
    assert not {"divisions", "keys", "accounts"} & set(wrong)  # what needs the schema is not guessed at
    assert patient.run("migrate").returncode == 0

    code, wrong = patient.found()
    assert code == 1
    assert (wrong["divisions"]["seen"], wrong["divisions"]["mend"]) == ("0 loaded", "run: lxbt setup")
    assert wrong["static files"]["seen"] == "not collected"
    assert "lxbt open-administrator" in wrong["accounts"]["mend"]
    done = patient.run("setup", "--no-demo")
    assert done.returncode == 0, done.stderr

    patient.keys.chmod(0o644)
    code, wrong = patient.found()
    assert (code, list(wrong)) == (1, ["keys", "record", "accounts"])
    assert "LXBT_ANCHOR_FOLDER" in wrong["record"]["mend"]
    assert "mode 644" in wrong["keys"]["seen"]
    subprocess.run(wrong["keys"]["mend"].removeprefix("run: ").split(), check=True)

    code, wrong = patient.found()
    assert (code, list(wrong)) == (0, ["record", "accounts"])  # a warning is no fault
    told = patient.run("doctor")
    assert "✗" not in told.stdout
    assert "! accounts: none\n    -> run: lxbt demo" in told.stdout

    code, wrong = patient.found(LXBT_ENVIRONMENT="production", LXBT_ROSTER_KEY="5a" * 32)
    assert (code, wrong["transport"]["mend"]) == (1, "serve behind TLS and set LXBT_HTTPS=1")
    assert patient.found(LXBT_ENVIRONMENT="production", LXBT_HTTPS="1", LXBT_ROSTER_KEY="5a" * 32)[0] == 0


def test_a_server_that_does_not_answer(patient: Patient) -> None:
    done = patient.run("doctor", "--json", DATABASE_URL="postgresql://postgres@127.0.0.1:1/nothing")
    assert done.returncode == 1
    finding = json.loads(done.stdout)["findings"]
    assert [(each["what"], each["state"]) for each in finding] == [("PostgreSQL", "fault")]
    assert "DATABASE_URL" in finding[0]["mend"]


@pytest.fixture
def keys_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LXBT_KEYS", "{}")  # so that the mode of a file is not looked at


@pytest.mark.django_db
def test_keys_that_do_not_open_the_data(
    keys_in_the_environment: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    f.county()
    person = f.recipient()
    assert doctor.keys().state == "ok"
    right = settings.LXBT_KEYRING
    with monkeypatch.context() as alone:
        alone.delenv("LXBT_KEYS")
        settings.LXBT_KEYRING = Keyring(tmp_path / "keys.json")  # those of another installation
    assert (doctor.keys().state, doctor.keys().mend) == ("fault", "restore the key file that belongs to this database")
    settings.LXBT_KEYRING = right
    assert doctor.keys().state == "ok"
    add_identifier(person_id=person.pk, kind="id", number=f.identity_number())
    assert doctor.keys().state == "ok"
    settings.LXBT_INDEX_KEY = bytes(32)  # opens everything, and finds nobody
    assert doctor.keys().state == "fault"


@pytest.mark.django_db
def test_a_missing_key_file_is_a_finding_and_no_crash(
    monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    monkeypatch.delenv("LXBT_KEYS", raising=False)
    settings.LXBT_VAR = tmp_path
    assert doctor.keys().state == "fault"


def test_static_files_and_what_came_from_packages(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    assert doctor.static_files().mend == "run: make setup"
    (tmp_path / "staticfiles.json").write_text("{}")
    assert "scripts/assets.py" in doctor.static_files().mend
    (tmp_path / "vendor").mkdir()
    assert doctor.static_files().state == "ok"


def test_uncompiled_languages_and_a_full_disk_are_warnings(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LOCALE_PATHS = [tmp_path]
    assert doctor.messages().state == "warning"
    monkeypatch.setattr(doctor, "ROOM", 2**62)
    assert doctor.room().state == "warning"


@pytest.mark.django_db
def test_demonstration_passwords_in_production_are_a_fault(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    f.load_places()
    assert doctor.people().state == "warning"
    f.account("decider", f.COUNTY)
    assert doctor.people().state == "ok"
    settings.LXBT_ENVIRONMENT = "production"
    monkeypatch.setattr("lxbt.accounts.queries.demonstration_lines", lambda: ["420102_decider"])
    assert (doctor.people().state, User.objects.count()) == ("fault", 1)


@pytest.mark.django_db
def test_an_old_server_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Cursor:
        def __enter__(self) -> Cursor:
            return self

        def __exit__(self, *_error: object) -> None: ...

        def execute(self, _sql: str) -> None: ...

        def fetchone(self) -> tuple[int, str]:
            return 150_004, "UTF8"

    monkeypatch.setattr(doctor.connection, "cursor", Cursor)
    assert (doctor.database().state, doctor.database().mend) == ("fault", "use a server of version 16 or newer")


def test_help_shows_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command("doctor", "--help")
    assert "example: lxbt doctor" in capsys.readouterr().out
