"""What is not there in production cannot be misused there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ASK = """
import sys, django
django.setup()
from django.core.management import get_commands
from lxbt.config import urls, wsgi
played = sorted(n for n in sys.modules if n.startswith(("lxbt.simulators", "lxbt.demonstration")))
names = sorted(set(get_commands()) &
    {"demo", "bank_simulator", "cdpf_simulator", "list_simulator", "province_simulator"})
print(played, names)
"""


def asked(environment: str, place: Path) -> str:
    env = {**os.environ, "LXBT_ENVIRONMENT": environment, "LXBT_VAR": str(place), "PYTHONPATH": str(ROOT)}
    env |= {"LXBT_ROSTER_KEY": "5a" * 32, "DJANGO_SETTINGS_MODULE": "lxbt.config.settings"}
    done = subprocess.run([sys.executable, "-c", ASK], env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip().splitlines()[-1]


def test_production_has_no_demonstration_and_no_simulator(tmp_path: Path) -> None:
    assert asked("production", tmp_path) == "[] []"


def test_elsewhere_their_commands_are_there(tmp_path: Path) -> None:
    assert "cdpf_simulator" in asked("demo", tmp_path)
    assert "'demo'" in asked("demo", tmp_path)
