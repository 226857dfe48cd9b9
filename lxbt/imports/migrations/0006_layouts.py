import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('imports', '0005_confirmed_plans'),
    ]

    operations = [
        migrations.AddField(
            model_name='import',
            name='shape',
            field=models.JSONField(db_default={}, default=dict, help_text='tables, what is said once, columns looked at for doubts, what is not read'),
        ),
        migrations.AddField(
            model_name='import',
            name='settings',
            field=models.JSONField(db_default={}, default=dict, help_text='by the user: `sheets` to read, `set` key -> what holds for every row'),
        ),
        migrations.AddField(
            model_name='import',
            name='answers',
            field=models.JSONField(db_default=[], default=list, help_text='codes of doubts whose rows are taken all the same'),
        ),
        migrations.AddField(
            model_name='import',
            name='told',
            field=models.JSONField(db_default=[], default=list, help_text='[code, what it is about]: of the file as a whole'),
        ),
        migrations.AddField(
            model_name='rememberedmapping',
            name='fingerprint',
            field=models.CharField(blank=True, db_default='', help_text='of the titles in their order; empty: kept before layouts were told apart', max_length=64),
        ),
        migrations.AlterField(
            model_name='rememberedmapping',
            name='name',
            field=models.CharField(blank=True, help_text='of the file that it was set for', max_length=60),
        ),
        migrations.SeparateDatabaseAndState(  # a row a county and layout: the index is made in no time
            database_operations=[
                migrations.RunSQL(
                    [
                        "-- squawk-ignore ban-drop-constraint\nalter table imports_rememberedmapping drop constraint remembered_once",
                        "-- squawk-ignore constraint-missing-not-valid, disallowed-unique-constraint\n"
                        "alter table imports_rememberedmapping add constraint remembered_once unique (division_code, kind, fingerprint)",
                    ],
                    migrations.RunSQL.noop,
                )
            ],
            state_operations=[
                migrations.RemoveConstraint(model_name='rememberedmapping', name='remembered_once'),
                migrations.AddConstraint(
                    model_name='rememberedmapping',
                    constraint=models.UniqueConstraint(
                        fields=('division_code', 'kind', 'fingerprint'), name='remembered_once'
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name='Mended',
            fields=[
                ('pk', models.CompositePrimaryKey('importing_id', 'row_no', 'place', blank=True, editable=False, primary_key=True, serialize=False)),
                ('row_no', models.IntegerField()),
                ('place', models.SmallIntegerField(help_text='column, from 0')),
                ('sealed', models.BinaryField()),
                ('by_id', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('importing', models.ForeignKey(db_column='import_id', on_delete=django.db.models.deletion.CASCADE, related_name='mended', to='imports.import')),
            ],
        ),
    ]
