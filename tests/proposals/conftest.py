"""Logged-in browsers."""

from tests.web.conftest import logged_in

__all__ = ["logged_in"]
