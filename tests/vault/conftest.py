"""Sealed values and masks, also as pages show them."""

from tests.web.conftest import logged_in  # noqa: F401  (a fixture)
