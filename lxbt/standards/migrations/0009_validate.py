from django.db import migrations


class Migration(migrations.Migration):
    """Rows of before are checked in a transaction of their own."""

    dependencies = [('standards', '0008_revisions')]

    operations = [
        migrations.RunSQL(
            'alter table standards_standard validate constraint standard_revision_fk', migrations.RunSQL.noop
        ),
    ]
