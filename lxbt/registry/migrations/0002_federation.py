from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0001_initial'),
    ]

    operations = [
        migrations.RunSQL(sql="create sequence registry_federation_number", reverse_sql="drop sequence registry_federation_number"),
        migrations.CreateModel(
            name='FederationAgreed',
            fields=[
                ('county_code', models.CharField(max_length=12, primary_key=True, serialize=False)),
                ('agreed_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='certificate',
            name='sequence',
            field=models.BigIntegerField(blank=True, help_text="running number of the Federation's record that these values are of", null=True),
        ),
        migrations.CreateModel(
            name='FederationChange',
            fields=[
                ('pk', models.CompositePrimaryKey('person_id', 'number', blank=True, editable=False, primary_key=True, serialize=False)),
                ('person_id', models.BigIntegerField()),
                ('number', models.BigIntegerField(db_default=models.Func(models.Value('registry_federation_number'), function='nextval', output_field=models.BigIntegerField()))),
                ('sequence', models.BigIntegerField()),
                ('before', models.JSONField(help_text='the values before; null: nothing was known from there', null=True)),
                ('after', models.JSONField()),
                ('received_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['number'], name='federation_change_order')],
            },
        ),
        migrations.CreateModel(
            name='FederationEntry',
            fields=[
                ('pk', models.CompositePrimaryKey('person_id', 'handle', blank=True, editable=False, primary_key=True, serialize=False)),
                ('person_id', models.BigIntegerField()),
                ('handle', models.BinaryField(help_text='16 bytes, see core.roster')),
                ('mark', models.BigIntegerField()),
                ('county_code', models.CharField(max_length=12)),
                ('division_code', models.CharField(max_length=12)),
                ('sequence', models.BigIntegerField()),
                ('values', models.JSONField(help_text='category, grade, days and state as told last; no number')),
                ('moves', models.JSONField(default=list)),
                ('known_before', models.BooleanField(help_text='the person was known here before the first record came')),
                ('doubts', models.JSONField(default=list, help_text='what in the record does not fit what is known')),
                ('changed_at', models.DateTimeField(help_text='there')),
                ('received_at', models.DateTimeField(help_text='the newest record, here')),
                ('confirmed_at', models.DateTimeField(help_text='when it was last told, changed or not')),
            ],
            options={
                'indexes': [models.Index(fields=['county_code'], name='federation_county'), models.Index(condition=models.Q(('doubts', []), _negated=True), fields=['division_code', 'person_id'], name='federation_doubtful')],
                'constraints': [models.CheckConstraint(condition=models.Q(('sequence__gt', 0)), name='federation_sequence')],
            },
        ),
    ]
