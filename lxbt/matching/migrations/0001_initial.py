import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='List',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('division_code', models.CharField(help_text='the area it speaks of', max_length=12)),
                ('received_on', models.DateField()),
                ('as_of', models.DateField(help_text='the day its rows hold on')),
                ('source', models.CharField(help_text='the body that gave it', max_length=60)),
                ('name', models.CharField(blank=True, help_text='of the file', max_length=120)),
                ('digest', models.BinaryField(help_text='SM3 of the file', null=True)),
                ('row_count', models.IntegerField(default=0)),
                ('known_count', models.IntegerField(default=0, help_text='rows that fit a person registered here')),
                ('state', models.CharField(default='open', max_length=9)),
                ('opened_by_id', models.BigIntegerField(null=True)),
                ('opened_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('ended_on', models.DateField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['kind', 'division_code', '-as_of'], name='list_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['deaths', 'cremations', 'moves', 'dibao', 'destitute', 'work_injury_care', 'orphans', 'prison', 'elderly_care', 'public_employees', 'life_signs'])), name='list_kind'), models.CheckConstraint(condition=models.Q(('state__in', ('open', 'taken', 'withdrawn'))), name='list_state'), models.UniqueConstraint(condition=models.Q(('state', 'withdrawn'), _negated=True), fields=('kind', 'division_code', 'digest'), name='list_once')],
            },
        ),
        migrations.CreateModel(
            name='ListEntry',
            fields=[
                ('pk', models.CompositePrimaryKey('handle', 'list_id', 'digest', blank=True, editable=False, primary_key=True, serialize=False)),
                ('handle', models.BinaryField(help_text='HMAC-SM3 of the identity number, or SM3 of the row without one')),
                ('list_id', models.BigIntegerField()),
                ('digest', models.BinaryField(help_text='SM3 of the content, 16 bytes')),
                ('row', models.IntegerField(help_text='in the file')),
                ('kind', models.CharField(max_length=20)),
                ('person_id', models.BigIntegerField(null=True)),
                ('matched', models.CharField(blank=True, max_length=6)),
                ('name', models.CharField(max_length=60)),
                ('birth', models.DateField(null=True)),
                ('sealed', models.BinaryField(help_text='identity number, SM4-GCM', null=True)),
                ('masked', models.CharField(blank=True, max_length=26)),
                ('event_on', models.DateField(null=True)),
                ('since', models.DateField(null=True)),
                ('until', models.DateField(help_text='exclusive', null=True)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=9, null=True)),
                ('value', models.CharField(blank=True, max_length=60)),
                ('detail', models.JSONField(default=dict, help_text='place, reference, note as given')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('person_id__isnull', False)), fields=['kind', 'person_id'], name='list_entry_person'), models.Index(fields=['list_id', 'row'], name='list_entry_row'), models.Index(condition=models.Q(('person_id__isnull', True)), fields=['kind', 'name'], name='list_entry_unknown')],
                'constraints': [models.CheckConstraint(condition=models.Q(('matched__in', ['', 'number', 'name'])), name='list_entry_matched'), models.CheckConstraint(condition=models.Q(('person_id__isnull', False), ('matched', ''), _connector='OR'), name='list_entry_person_matched')],
            },
        ),
    ]
