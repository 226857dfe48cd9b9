"""Fills the base database of the installation: eight payers, some hundred persons each, a month sent to the bank, a
rise to be drawn.
"""

from __future__ import annotations

import sys
from datetime import date

import django

from lxbt import vault

PAYERS = [f"4201{n:02d}000000" for n in (2, 3, 4, 5, 6, 7, 11, 12)]
SENT = PAYERS[0]
PERSONS = 1600
ACCOUNT = "6228480000000000019"
PASSWORD = "correct-horse-42"


def main(target: str) -> None:
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from bench.population import FIRST, make_recipients, raise_standards, set_standards
    from lxbt.core.idnumber import mask
    from lxbt.divisions.operations import load_divisions, rows_of_data
    from lxbt.payments.models import Batch, Line
    from lxbt.payments.operations import approve_batch, draw_area, send_batch
    from lxbt.payments.rules import IN_COLUMNS
    from lxbt.registry.queries import account_handle
    from tests import factories as f

    day = date(2026, 1, 20)
    call_command("migrate", verbosity=0)
    townships = [
        row["code"]
        for row in rows_of_data()
        if row["code"][:6] in {payer[:6] for payer in PAYERS} and row["level"] == "4"
    ]
    load_divisions(only=[code for payer in PAYERS for code in [c for c in townships if c[:6] == payer[:6]][:3]])
    set_standards()
    make_recipients(PERSONS)
    with connection.cursor() as cursor:
        cursor.execute(
            "update registry_bankaccount set sealed = %s, masked = %s, handle = %s",
            [vault.seal(ACCOUNT), mask(ACCOUNT, 4, 4), account_handle(ACCOUNT)],
        )
    for _payers, _batches in draw_area(area="420000000000", month=FIRST, by=None, on=day):
        pass
    approver = f.account("payment_approver", SENT)
    for batch in Batch.objects.filter(payer_code=SENT):
        approve_batch(batch_id=batch.pk, control_total=batch.total, by=approver, on=day)
        send_batch(batch_id=batch.pk, by=None, on=day)
        lines = Line.objects.filter(batch=batch).order_by("row_no")
        with open(target, "w", encoding="gb18030") as out:
            out.write(",".join(IN_COLUMNS) + "\n")
            for line in lines:
                verdict = "失败,账户已销户" if line.row_no % 10 == 3 else "成功,"
                out.write(f"{line.row_no},{ACCOUNT},某人,{line.amount},{verdict}\n")
            out.write("99999,6228,某人,1.00,成功,\n")
    raise_standards()
    for role in ("payment_officer", "decider"):
        f.account(role, SENT)


if __name__ == "__main__":
    main(*sys.argv[1:])
