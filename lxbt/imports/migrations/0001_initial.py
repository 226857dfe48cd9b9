import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Declared',
            fields=[
                ('pk', models.CompositePrimaryKey('payer_code', 'month', 'subsidy', blank=True, editable=False, primary_key=True, serialize=False)),
                ('payer_code', models.CharField(max_length=12)),
                ('month', models.DateField()),
                ('subsidy', models.CharField(max_length=6)),
                ('persons', models.IntegerField()),
                ('amount', models.DecimalField(decimal_places=2, max_digits=16)),
                ('declared_by_id', models.BigIntegerField(null=True)),
                ('declared_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('subsidy__in', ('living', 'care'))), name='declared_subsidy'), models.CheckConstraint(condition=models.Q(('persons__gte', 0), ('amount__gte', 0)), name='declared_amounts')],
            },
        ),
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(help_text='recipients, history …, list:<name>', max_length=24)),
                ('version', models.PositiveSmallIntegerField(help_text="of the kind's columns")),
                ('division_code', models.CharField(help_text='every row lies in this area', max_length=12)),
                ('name', models.CharField(help_text='of the file, as its sender called it', max_length=120)),
                ('digest', models.BinaryField(help_text='SM3 of the file')),
                ('size', models.BigIntegerField()),
                ('file_id', models.BigIntegerField(help_text='documents.LargeFile; empty when it was taken from a terminal and is not kept', null=True)),
                ('sheet', models.CharField(blank=True, max_length=60)),
                ('sheets', models.JSONField(default=list)),
                ('header_row', models.IntegerField(default=0)),
                ('titles', models.JSONField(default=list)),
                ('mapping', models.JSONField(default=dict, help_text='column of the file -> key')),
                ('sure', models.JSONField(default=dict, help_text='column of the file -> how it was recognised')),
                ('missing', models.JSONField(default=list)),
                ('state', models.CharField(default='uploaded', max_length=8)),
                ('before_pause', models.CharField(blank=True, max_length=8)),
                ('fault', models.CharField(blank=True, help_text='why it was refused', max_length=24)),
                ('accepts', models.JSONField(default=list, help_text='outcomes beside `new` that may be written, and `remarked`')),
                ('row_no', models.IntegerField(default=0, help_text='the last row of the sheet dealt with in this pass')),
                ('share', models.FloatField(default=0, help_text='of the file behind us, 0 to 1')),
                ('planned', models.JSONField(default=dict, help_text='outcome -> rows, as foreseen')),
                ('counts', models.JSONField(default=dict, help_text='outcome -> rows, in this pass')),
                ('effects', models.JSONField(default=dict, help_text='persons, rights, items … written, in this pass')),
                ('reasons', models.JSONField(default=dict, help_text='code -> rows that stay with the user')),
                ('remarks', models.JSONField(default=dict, help_text='code -> rows accepted with a remark')),
                ('total', models.DecimalField(decimal_places=2, default=0, help_text='yuan of the accepted rows, in this pass', max_digits=16)),
                ('by_id', models.BigIntegerField(null=True)),
                ('by_name', models.CharField(blank=True, max_length=40)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('began_at', models.DateTimeField(help_text='this pass', null=True)),
                ('served_at', models.DateTimeField(help_text='last worked on: the longest ago is next', null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('seconds', models.FloatField(default=0, help_text='of work in this pass')),
            ],
            options={
                'indexes': [models.Index(fields=['division_code', '-created_at'], name='import_place'), models.Index(condition=models.Q(('state__in', ['planning', 'writing', 'undoing'])), fields=['served_at'], name='import_running')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ('uploaded', 'planning', 'planned', 'writing', 'paused', 'stopped', 'done', 'undoing', 'undone', 'refused'))), name='import_state'), models.UniqueConstraint(condition=models.Q(('state__in', ('uploaded', 'planning', 'planned', 'writing', 'paused', 'stopped'))), fields=('kind', 'division_code', 'digest'), name='import_live_once')],
            },
        ),
        migrations.CreateModel(
            name='RememberedMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('division_code', models.CharField(max_length=12)),
                ('kind', models.CharField(max_length=24)),
                ('titles', models.JSONField(help_text='normalised title -> key')),
                ('name', models.CharField(blank=True, max_length=60)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('division_code', 'kind'), name='remembered_once')],
            },
        ),
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('pk', models.CompositePrimaryKey('import_id', 'payer_code', 'month', 'subsidy', blank=True, editable=False, primary_key=True, serialize=False)),
                ('import_id', models.BigIntegerField()),
                ('payer_code', models.CharField(max_length=12)),
                ('month', models.DateField()),
                ('subsidy', models.CharField(max_length=6)),
                ('payments', models.IntegerField()),
                ('amount', models.DecimalField(decimal_places=2, max_digits=16)),
                ('doubtful', models.IntegerField(default=0, help_text='of these, against the rules of the time')),
            ],
            options={
                'indexes': [models.Index(fields=['payer_code', 'month'], name='tally_payer')],
            },
        ),
        migrations.CreateModel(
            name='Touched',
            fields=[
                ('pk', models.CompositePrimaryKey('person_id', 'import_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('person_id', models.BigIntegerField()),
                ('import_id', models.BigIntegerField()),
                ('made', models.BooleanField(help_text='the person was not known before')),
            ],
            options={
                'indexes': [models.Index(fields=['import_id'], name='touched_import')],
            },
        ),
        migrations.CreateModel(
            name='KeptRow',
            fields=[
                ('pk', models.CompositePrimaryKey('importing_id', 'row_no', blank=True, editable=False, primary_key=True, serialize=False)),
                ('row_no', models.IntegerField()),
                ('outcome', models.CharField(max_length=8)),
                ('faults', models.JSONField(help_text='[column key, code, shown masked] each')),
                ('sealed', models.BinaryField(help_text='the cells as they came, JSON')),
                ('importing', models.ForeignKey(db_column='import_id', on_delete=django.db.models.deletion.CASCADE, related_name='kept', to='imports.import')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('outcome__in', ('new', 'same', 'changed', 'conflict', 'error', 'left'))), name='kept_row_outcome')],
            },
        ),
    ]
