from django.conf import settings
from django.db import migrations, models, transaction

from lxbt.core import crypto
from lxbt.core.idnumber import phone_number
from lxbt.core.indexes import AddIndexAgain

CHUNK = 5000


def fill(apps, editor):
    """Handles of the telephones that were written before, a chunk in a transaction; interrupted, it goes on."""
    last = 0
    while True:
        with transaction.atomic(), editor.connection.cursor() as cursor:
            cursor.execute(
                "select person_id, phone from registry_person where person_id > %s and phone is not null and phone_handle is null order by person_id limit %s"
                " for no key update",
                [last, CHUNK],
            )
            rows = cursor.fetchall()
            if not rows:
                return
            last = rows[-1][0]
            found = [(person, phone_number(crypto.unseal(bytes(sealed), settings.LXBT_KEYRING))) for person, sealed in rows]
            handles = [(person, crypto.index_of("phone", number, settings.LXBT_INDEX_KEY)) for person, number in found if number]
            cursor.execute(
                "update registry_person p set phone_handle = v.handle from unnest(%s::bigint[], %s::bytea[]) v (person_id, handle) where p.person_id = v.person_id",
                [[person for person, _handle in handles], [handle for _person, handle in handles]],
            )


class Migration(migrations.Migration):
    atomic = False  # persons keep being changed meanwhile

    dependencies = [("registry", "0009_phone_handle")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        AddIndexAgain(
            model_name='person', index=models.Index(condition=models.Q(('phone_handle__isnull', False)), fields=['phone_handle'], name='person_phone')
        ),
    ]
