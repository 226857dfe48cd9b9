"""Argon2 as in the product, made light: hundreds of accounts are opened in tests, and none of their passwords is worth
a fifth of a second.
"""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class LightArgon2(Argon2PasswordHasher):
    """One pass over one MiB."""

    time_cost = 1
    memory_cost = 1024
    parallelism = 1
