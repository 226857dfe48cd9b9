"""Make the virtual environment from the locks, on a machine with nothing but Python 3.11 or newer.

    python3 scripts/bootstrap.py run|dev

Does nothing when the environment already matches the lock. Debian's python3 comes without ensurepip: then an
installed pip is used, or the package python3-venv is installed when that is allowed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".lxbt-lock"


def main() -> int:
    kind = sys.argv[1] if len(sys.argv) > 1 else "run"
    if sys.version_info < (3, 11):
        print("lxbt needs Python 3.11 or newer; this is " + sys.version.split()[0])
        return 1
    lock = ROOT / "requirements" / f"{kind}.lock"
    wanted = hashlib.sha256(b"".join(path.read_bytes() for path in [lock, ROOT / "pyproject.toml"])).hexdigest()
    done = dict(line.split() for line in STAMP.read_text().splitlines()) if STAMP.exists() and PYTHON.exists() else {}
    if done.get(kind) == wanted or (kind == "run" and done.get("dev-run") == wanted):
        return 0
    if not PYTHON.exists() and not make_environment():
        return 1
    print(f"installing the packages of requirements/{kind}.lock ...", flush=True)
    pip("install", "--require-hashes", "-r", str(lock))
    pip("install", "--no-deps", "--no-build-isolation", "-e", str(ROOT))
    done[kind] = wanted
    STAMP.write_text("".join(f"{name} {digest}\n" for name, digest in done.items()))
    return 0


def pip(*arguments: str) -> None:
    """Run the environment's pip quietly."""
    subprocess.run([str(PYTHON), "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments], check=True)


def make_environment() -> bool:
    """Create .venv with a pip in it, whichever way this machine allows."""
    if run(sys.executable, "-m", "venv", str(VENV)):
        return True
    shutil.rmtree(VENV, ignore_errors=True)
    if run(sys.executable, "-m", "pip", "--version") and run(sys.executable, "-m", "venv", "--without-pip", str(VENV)):
        if run(sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--quiet", "pip"):
            return True
        shutil.rmtree(VENV, ignore_errors=True)
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if shutil.which("apt-get") and (not root or shutil.which("sudo")):
        print("this python3 cannot make virtual environments; installing python3-venv ...", flush=True)
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        run(*root, "apt-get", "update", "-qq", env=environment)
        for name in (package, "python3-venv"):
            if run(*root, "apt-get", "install", "-y", "-qq", "--no-install-recommends", name, env=environment):
                if run(sys.executable, "-m", "venv", str(VENV)):
                    return True
                shutil.rmtree(VENV, ignore_errors=True)
    print(
        "python3 cannot make a virtual environment here. As an administrator: apt-get install python3-venv, then "
        "run make again."
    )
    return False


def run(*command: str, env: dict[str, str] | None = None) -> bool:
    """Whether the command succeeded; its output is kept quiet."""
    try:
        return (
            subprocess.run(
                command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env, check=False
            ).returncode
            == 0
        )
    except OSError:
        return False


if __name__ == "__main__":
    raise SystemExit(main())
