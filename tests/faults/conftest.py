"""One installation for all tests of this folder; each gets its database as the filling left it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lxbt.config import postgres
from tests.faults.installation import BASE, TWIN, Installation
from tests.faults.serving import Served
from tests.web.conftest import logged_in  # noqa: F401  (a fixture)

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """They share one installation, so one process runs them all."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.fault)
            if "filled" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.xdist_group("faults"))


@pytest.fixture(scope="session")
def filled() -> Iterator[Installation]:
    folder = Path(tempfile.mkdtemp(prefix="lxbt-faults-"))
    folder.chmod(0o755)  # PostgreSQL runs as another user when this runs as root
    place = Installation(folder)
    try:
        postgres.url(place.data, BASE)
        with place.connect("postgres", autocommit=True) as connection:  # programs are killed here, not the machine
            connection.execute("alter system set fsync = off")
            connection.execute("select pg_reload_conf()")
        place.fill(str(folder / "result.csv"))
        yield place
    finally:
        place.kill_all()
        postgres.start(place.data).cleanup()
        assert postgres.postmaster(place.data) is None  # the last one to leave stops it, whoever else was killed
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def place(filled: Installation) -> Iterator[Installation]:
    """The installation, its database new."""
    filled.renew()
    yield filled
    filled.kill_all()


@pytest.fixture(scope="session")
def drawn(filled: Installation) -> dict[str, Any]:
    """What an undisturbed draw of February leaves."""
    filled.renew(TWIN)
    filled.run("draw", "--division", "420000000000", "--month", "2026-02", database=TWIN)
    return filled.outcome(TWIN)


@pytest.fixture(scope="session")
def taken(filled: Installation) -> dict[str, Any]:
    """What an undisturbed result file leaves."""
    filled.renew(TWIN)
    batch = filled_batch(filled, TWIN)
    answer = filled.run("bank-result", str(batch), str(filled.folder / "result.csv"), database=TWIN)
    assert (answer["paid"] > 100, answer["lines_failed"] > 10, answer["unmatched"]) == (True, True, 1)
    return filled.outcome(TWIN)


def filled_batch(place: Installation, database: str) -> int:
    """The batch that waits for its result."""
    with place.connect(database) as connection:
        return int(connection.execute("select id from payments_batch where state = 'sent'").fetchone()[0])  # type: ignore[index]


@pytest.fixture(scope="module")
def served(filled: Installation) -> Iterator[Served]:
    """One for all tests here: each ends only when pages answer again, whatever it killed."""
    filled.renew()
    running = Served(filled)
    running.is_back()  # both web processes have loaded what a page needs
    yield running
    running.end()
    filled.kill_all()
