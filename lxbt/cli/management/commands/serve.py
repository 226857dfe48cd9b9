"""`lxbt serve`: the web server and the background worker, watched together; Ctrl C stops both."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import CommandParser

from lxbt.accounts import queries as accounts
from lxbt.audit import program_role
from lxbt.cli.command import Command as Base
from lxbt.config.lifeline import PARENT
from lxbt.config.tls import own_certificate
from lxbt.core.clock import this_moment
from lxbt.core.refusal import Refusal

RESTART_AFTER, RESTART_AT_MOST = (
    2.0,
    60.0,
)  # seconds: twice as long after each failure, so that a program that cannot start does not spin
STEADY = 120.0  # seconds that a program must have run to count as started well
STATEMENT = "60"  # seconds that a page may wait for the database; `LXBT_STATEMENT_SECONDS` sets another limit


class WrongCertificate(Refusal):
    """HTTPS cannot be served with this."""


class Command(Base):
    help = "Serve the pages on http://127.0.0.1:8000 and run the background worker."
    example = "serve --host 0.0.0.0 --port 8443 --tls"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=2)
        parser.add_argument(
            "--tls",
            action="store_true",
            help="serve HTTPS, with a certificate of the installation's own unless one is given",
        )
        parser.add_argument(
            "--certificate",
            help="PEM file with the certificate and what leads to its authority; needs --key, means --tls",
        )
        parser.add_argument("--key", help="PEM file with the private key (PKCS#8)")
        parser.add_argument(
            "--simulator-port",
            type=int,
            default=8101,
            help="where the played Federation listens, in a demonstration",
        )
        parser.add_argument(
            "--no-simulator", action="store_true", help="do not play the Federation's database in a demonstration"
        )
        parser.add_argument("--no-worker", action="store_true", help="do not run the background worker here")

    def run(self, **options: Any) -> dict[str, Any]:
        if os.environ.get("LXBT_EMBEDDED"):
            from lxbt.config import postgres

            postgres.watch(Path(settings.LXBT_VAR) / "postgres")
        secure = self.secure(options)
        if program_role.has_rights():
            os.environ["LXBT_DATABASE_ROLE"] = program_role.ROLE  # for the programs run here: they own nothing
        else:
            self.stderr.write("pages and worker run as the owner of their tables; lxbt doctor says how to mend it")
        programs = {"web": [*self.web(options), *secure]}
        if not options["no_worker"]:
            worker = [sys.executable, "-m", "lxbt.config.command_line", "worker", "--queues"]
            programs |= {"worker": [*worker, "quick"], "worker-long": [*worker, "long"]}
        scheme = "https" if secure else "http"
        played = settings.LXBT_ENVIRONMENT == "demo" and apps.is_installed("lxbt.simulators")
        if played and not options["no_simulator"] and accounts.any_account():
            programs["cdpf-simulator"] = self.simulator(options, scheme)
        self.stdout.write(f"lxbt serves on {scheme}://{options['host']}:{options['port']}/  (Ctrl C stops)")
        for line in accounts.demonstration_lines():
            self.stdout.write(line)
        self.stdout.flush()
        return self.supervise(programs)

    def web(self, options: dict[str, Any]) -> list[str]:
        return [
            sys.executable,
            "-m",
            "lxbt.config.web_server",
            "--interface",
            "asginl",
            "--host",
            options["host"],
            "--port",
            str(options["port"]),
            "--workers",
            str(options["workers"]),
            "--backlog",
            "4096",
            "--backpressure",
            "8192",  # open lines of each process: one that waits for its sender costs little
            "--http1-header-read-timeout",
            "15000",
            "--no-ws",
            "--log-level",
            "warning",
            "--respawn-failed-workers",
            "--respawn-interval",
            "1",
            "--workers-kill-timeout",
            "8",
            "lxbt.config.front:application",
        ]

    def simulator(self, options: dict[str, Any], scheme: str) -> list[str]:
        """The played Federation of a demonstration: it begins with the persons known here, and changes one now and
        then.
        """
        host = "127.0.0.1" if options["host"] in ("0.0.0.0", "::") else options["host"]
        os.environ.setdefault("LXBT_EXCHANGE_URL", f"{scheme}://{host}:{options['port']}/dci")
        partner, port = os.environ["LXBT_EXCHANGE_URL"].rstrip("/"), str(options["simulator_port"])
        program = [sys.executable, "-m", "lxbt.config.command_line", "cdpf-simulator", "--rate", "0.02"]
        return [*program, "--demonstration-of", partner, "--port", port]

    def secure(self, options: dict[str, Any]) -> list[str]:
        """What the web server is told for HTTPS; nothing without it. The pages then set secure cookies and HSTS."""
        if bool(options["certificate"]) != bool(options["key"]):
            raise WrongCertificate("--certificate 和 --key 要一起给。")
        if options["certificate"]:
            certificate, key = Path(options["certificate"]), Path(options["key"])
        elif options["tls"]:
            hosts = dict.fromkeys(
                [
                    options["host"],
                    "127.0.0.1",
                    "localhost",
                    *(h for h in settings.ALLOWED_HOSTS if h != "testserver" and "*" not in h),
                ]
            )
            certificate, key = own_certificate(
                Path(settings.LXBT_VAR) / "tls", [h.strip("[]").lstrip(".") for h in hosts], at=this_moment()
            )
        else:
            return []
        for path in (certificate, key):
            if not os.access(path, os.R_OK):
                raise WrongCertificate(f"读不到 {path.name}，请检查路径和权限。")
        os.environ["LXBT_HTTPS"] = "1"
        return ["--ssl-certificate", str(certificate), "--ssl-keyfile", str(key), "--ssl-protocol-min", "tls1.2"]

    def supervise(self, programs: dict[str, list[str]]) -> dict[str, Any]:
        running: dict[str, subprocess.Popen[bytes]] = {}
        stop = False

        def ask_to_stop(*_: object) -> None:
            nonlocal stop
            stop = True

        signal.signal(signal.SIGTERM, ask_to_stop)
        signal.signal(signal.SIGINT, ask_to_stop)
        pause = dict.fromkeys(programs, RESTART_AFTER / 2)
        due, began = dict.fromkeys(programs, 0.0), dict.fromkeys(programs, 0.0)
        while not stop:
            now = time.monotonic()
            for name, command in programs.items():
                process = running.get(name)
                if process is not None and process.poll() is not None:
                    del running[name]
                    pause[name] = RESTART_AFTER if now - began[name] > STEADY else min(RESTART_AT_MOST, pause[name] * 2)
                    due[name] = now + pause[name]
                    self.stderr.write(
                        f"{name} ended with {process.returncode}; starting it again in {pause[name]:.0f} s"
                    )
                if name not in running and now >= due[name]:
                    surroundings = {**os.environ, PARENT: str(os.getpid())}
                    if name == "web":
                        surroundings.setdefault("LXBT_STATEMENT_SECONDS", STATEMENT)
                    running[name] = subprocess.Popen(command, start_new_session=True, env=surroundings)
                    began[name] = now
            time.sleep(0.3)
        for process in running.values():
            process.terminate()
        for process in running.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        return {"stopped": True}

    def tell(self, answer: dict[str, Any]) -> None:
        self.stdout.write("stopped")
