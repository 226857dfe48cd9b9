"""The province's side of the interface: signing, pushing, polling, manifests, webhooks. Knows no Django and no
database.

A province may copy this folder with `rules/{signing,handles}.py` and `core/{signing,canonical,crypto,idnumber}.py`.

    province = Province(Line("https://…", "hubei", Key("k1", SM2, private)))
    province.push("payments", {"ref": "2026-11/000001", "identity_number": …})
    for done in province.push_all("payments", records):   # an iterator; batches of 100,000 rows, bounded memory
        …
"""

from lxbt.core.signing import keys_of_set
from lxbt.provincial.client.batches import MOST_ROWS, Packed, pack
from lxbt.provincial.client.line import Key, Line, Refused, Unreachable
from lxbt.provincial.client.manifests import Row, rows_of_lines, rows_of_payments
from lxbt.provincial.client.province import Batch, NotDone, Province
from lxbt.provincial.client.webhooks import Event, NotGenuine, read_delivery

__all__ = [
    "MOST_ROWS",
    "Batch",
    "Event",
    "Key",
    "Line",
    "NotDone",
    "NotGenuine",
    "Packed",
    "Province",
    "Refused",
    "Row",
    "Unreachable",
    "keys_of_set",
    "pack",
    "read_delivery",
    "rows_of_lines",
    "rows_of_payments",
]
