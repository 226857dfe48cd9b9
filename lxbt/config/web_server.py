"""The web server as `lxbt serve` runs it: granian, leaving when `lxbt serve` is gone."""

from __future__ import annotations

from lxbt.config.lifeline import leave_with_serve


def main() -> None:
    """Run granian with the arguments of the command line."""
    leave_with_serve()
    from granian.cli import entrypoint

    entrypoint()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()
