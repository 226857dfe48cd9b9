import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    """Bodies that give lists, and rounds of questions to those that only answer."""

    dependencies = [
        ('exchange', '0001_exchange'),
    ]

    operations = [
        migrations.CreateModel(
            name='Asking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.partner')),
                ('kind', models.CharField(max_length=20)),
                ('area', models.CharField(max_length=12)),
                ('month', models.DateField(help_text='whose recipients are asked for')),
                ('list_id', models.BigIntegerField(help_text='where the answers stand', null=True)),
                ('batches', models.PositiveIntegerField(default=0)),
                ('persons', models.PositiveIntegerField(default=0)),
                ('found', models.PositiveIntegerField(default=0)),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='AskedBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asking', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='exchange.asking')),
                ('number', models.PositiveIntegerField()),
                ('first_person', models.BigIntegerField()),
                ('last_person', models.BigIntegerField()),
                ('state', models.CharField(default='waiting', max_length=8)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('persons', models.PositiveIntegerField(default=0, help_text='asked for in the latest attempt')),
                ('found', models.PositiveIntegerField(default=0)),
                ('transaction_id', models.CharField(blank=True, help_text='of the latest attempt', max_length=99)),
                ('asked_at', models.DateTimeField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.SeparateDatabaseAndState(  # widened: the one below allows all that this one does
            database_operations=[migrations.RunSQL(["-- squawk-ignore ban-drop-constraint\nalter table exchange_partner drop constraint partner_kind"], migrations.RunSQL.noop)],
            state_operations=[migrations.RemoveConstraint(model_name='partner', name='partner_kind')],
        ),
        migrations.AddField(
            model_name='partner',
            name='answers',
            field=models.CharField(blank=True, db_default='', default='', help_text='of a lister that is asked: at_once or later; empty: it tells by itself', max_length=8),
        ),
        migrations.AddField(
            model_name='partner',
            name='lists',
            field=models.JSONField(db_default=[], default=list, help_text='of a lister: the lists that it may tell, or is asked for'),
        ),
        migrations.AlterField(
            model_name='partner',
            name='kind',
            field=models.CharField(default='partner', help_text='federation: the database of certificates; partner: asks of us; lister: gives lists that are compared with', max_length=12),
        ),
        AddConstraintNotValid(
            model_name='partner',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('federation', 'partner', 'lister'))), name='partner_kind'),
        ),
        AddConstraintNotValid(
            model_name='partner',
            constraint=models.CheckConstraint(condition=models.Q(('answers__in', ['', 'at_once', 'later'])), name='partner_answers'),
        ),
        migrations.AddIndex(
            model_name='asking',
            index=models.Index(fields=['partner', 'kind', 'area', '-id'], name='asking_latest'),
        ),
        migrations.AddConstraint(
            model_name='asking',
            constraint=models.UniqueConstraint(condition=models.Q(('finished_at__isnull', True)), fields=('partner', 'kind', 'area'), name='asking_one_at_a_time'),
        ),
        migrations.AddIndex(
            model_name='askedbatch',
            index=models.Index(condition=models.Q(('state', 'asked')), fields=['transaction_id'], name='asked_batch_transaction'),
        ),
        migrations.AddConstraint(
            model_name='askedbatch',
            constraint=models.UniqueConstraint(fields=('asking', 'number'), name='asked_batch_once'),
        ),
        migrations.AddConstraint(
            model_name='askedbatch',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'asked', 'answered'])), name='asked_batch_state'),
        ),
    ]
