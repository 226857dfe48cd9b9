from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    """Lists that are told record by record, or answered, beside those of files."""

    dependencies = [
        ('matching', '0003_campaigns'),
    ]

    operations = [
        migrations.CreateModel(
            name='ListRecord',
            fields=[
                ('handle', models.BinaryField(primary_key=True, serialize=False)),
                ('sender', models.CharField(max_length=99)),
                ('kind', models.CharField(max_length=20)),
                ('sequence', models.BigIntegerField()),
                ('withdrawn', models.BooleanField(default=False)),
                ('list_id', models.BigIntegerField(help_text='where its entry stands; empty: it was taken back', null=True)),
                ('entry_handle', models.BinaryField(null=True)),
                ('entry_digest', models.BinaryField(null=True)),
                ('received_on', models.DateField()),
            ],
        ),
        migrations.AddField(
            model_name='list',
            name='channel',
            field=models.CharField(db_default='file', default='file', max_length=9),
        ),
        migrations.AddField(
            model_name='list',
            name='declared',
            field=models.JSONField(db_default={}, default=dict, help_text='what the sender says a complete roster is: {as_of, count, sequence}'),
        ),
        migrations.AddField(
            model_name='list',
            name='sender',
            field=models.CharField(blank=True, db_default='', default='', help_text='the system that told it, when it came over a line', max_length=99),
        ),
        migrations.AddField(
            model_name='listentry',
            name='answered_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='listentry',
            name='asked_at',
            field=models.DateTimeField(help_text='of an answer: when it was asked', null=True),
        ),
        AddConstraintNotValid(
            model_name='list',
            constraint=models.CheckConstraint(condition=models.Q(('channel__in', ('file', 'interface', 'question'))), name='list_channel'),
        ),
        migrations.AddIndex(
            model_name='listrecord',
            index=models.Index(condition=models.Q(('list_id__isnull', False)), fields=['list_id'], name='list_record_list'),
        ),
        migrations.AddConstraint(
            model_name='listrecord',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['deaths', 'cremations', 'moves', 'dibao', 'destitute', 'work_injury_care', 'orphans', 'prison', 'elderly_care', 'public_employees', 'life_signs'])), name='list_record_kind'),
        ),
    ]
