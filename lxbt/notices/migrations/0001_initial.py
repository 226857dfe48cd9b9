import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('division_code', models.CharField(max_length=12)),
                ('organ', models.CharField(blank=True, help_text='empty: every organ', max_length=16)),
                ('role', models.CharField(blank=True, help_text='empty: every role', max_length=32)),
                ('kind', models.CharField(max_length=40)),
                ('params', models.JSONField(default=dict)),
                ('person_id', models.BigIntegerField(help_text='whom it is about, and where it leads to', null=True)),
                ('posted_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['division_code', '-id'], name='notice_place')],
            },
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user_id', models.BigIntegerField()),
                ('read_at', models.DateTimeField()),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='notices.notice')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user_id', 'notice'), name='receipt_once')],
            },
        ),
    ]
