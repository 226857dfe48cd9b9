"""The clients of the web tests serve here too."""

from tests.web.conftest import logged_in

__all__ = ["logged_in"]
