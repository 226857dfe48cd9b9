"""Applications at every step."""

from datetime import date

from lxbt.config.demo.places import County


def play(county: County, *, seed: int, today: date) -> None:
    """Later."""
