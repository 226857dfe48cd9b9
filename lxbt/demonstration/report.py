"""What a demonstration holds, counted."""

from __future__ import annotations

from django.db import connection

from lxbt.demonstration.progress import Asked

QUESTIONS = {
    "persons registered": "select count(*) from registry_person where person_id >= %(first)s",
    "accounts": "select count(*) from accounts_user",
    "standards": "select count(*) from standards_standard",
    "persons entitled": "select count(distinct person_id) from entitlements_entitlement where person_id >= %(first)s",
    "batches": "select count(*) from payments_batch",
    "items": "select count(*) from payments_item",
    "items living": "select count(*) from payments_item where subsidy = 'living'",
    "items care": "select count(*) from payments_item where subsidy = 'care'",
    "items arrears": "select count(*) from payments_item where kind = 'arrears'",
    "items recovery": "select count(*) from payments_item where kind = 'recovery'",
    "lines failed": "select count(*) from payments_line where state = 'failed'",
    "lines resent": "select count(*) from payments_line where state in ('corrected', 'resent')",
    "recoveries": "select count(*) from payments_recovery",
    "recoveries open": "select count(*) from payments_recovery where state in ('open', 'partly')",
    "applications": "select count(*) from applications_application",
    "applications open": "select count(*) from applications_application where ended_on is null",
    "figures": "select count(*) from statistics_figure",
}


def counts(asked: Asked) -> dict[str, int]:
    """How many of what."""
    found = {}
    with connection.cursor() as cursor:
        for name, question in QUESTIONS.items():
            cursor.execute(question, {"first": asked.first_id})
            found[name] = cursor.fetchone()[0]
    return found
