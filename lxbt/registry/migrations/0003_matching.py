import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0002_federation'),
    ]

    operations = [
        migrations.CreateModel(
            name='Match',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_id', models.BigIntegerField()),
                ('other_id', models.BigIntegerField()),
                ('division_code', models.CharField(help_text='of the one', max_length=12)),
                ('other_division', models.CharField(max_length=12)),
                ('reason', models.CharField(max_length=24)),
                ('evidence', models.JSONField(default=list)),
                ('state', models.CharField(default='open', max_length=8)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by_id', models.BigIntegerField(null=True)),
                ('decided_by_name', models.CharField(blank=True, max_length=40)),
                ('why', models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name='Joining',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_id', models.BigIntegerField(help_text='the entry that stays')),
                ('other_id', models.BigIntegerField(help_text='the entry that is an alias from now on')),
                ('moved', models.JSONField()),
                ('joined_at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(null=True)),
                ('match', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.match')),
            ],
        ),
        migrations.AddField(
            model_name='person',
            name='joined_to',
            field=models.BigIntegerField(blank=True, help_text='this entry is an alias of that person', null=True),
        ),
        AddConstraintNotValid(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(('joined_to__isnull', True), models.Q(('joined_to', models.F('person_id')), _negated=True), _connector='OR'), name='person_joined_to_another'),
        ),
        migrations.AddIndex(
            model_name='match',
            index=models.Index(fields=['division_code', 'state', '-id'], name='match_place'),
        ),
        migrations.AddIndex(
            model_name='match',
            index=models.Index(fields=['other_id'], name='match_other'),
        ),
        migrations.AddConstraint(
            model_name='match',
            constraint=models.UniqueConstraint(fields=('person_id', 'other_id'), name='match_once'),
        ),
        migrations.AddConstraint(
            model_name='match',
            constraint=models.CheckConstraint(condition=models.Q(('person_id__lt', models.F('other_id'))), name='match_order'),
        ),
        migrations.AddConstraint(
            model_name='match',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'joined', 'apart'])), name='match_state'),
        ),
        migrations.AddConstraint(
            model_name='match',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'open'), models.Q(('decided_at__isnull', False), models.Q(('why', ''), _negated=True)), _connector='OR'), name='match_decided'),
        ),
        migrations.AddIndex(
            model_name='joining',
            index=models.Index(fields=['person_id'], name='joining_person'),
        ),
        migrations.AddConstraint(
            model_name='joining',
            constraint=models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('other_id',), name='joined_once'),
        ),
    ]
