import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0002_releases'),
    ]

    operations = [
        migrations.CreateModel(
            name='LargeFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('size', models.BigIntegerField(default=0)),
                ('digest', models.BinaryField(default=b'', help_text='SM3')),
                ('stored_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='Piece',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('size', models.IntegerField(help_text='bytes of the open file')),
                ('digest', models.BinaryField(help_text='SM3')),
                ('path', models.CharField(max_length=120, unique=True)),
                ('key_id', models.IntegerField(help_text='the key that the content is sealed with')),
                ('number', models.IntegerField()),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pieces', to='documents.largefile')),
            ],
            options={
                'indexes': [models.Index(fields=['key_id'], name='piece_key')],
                'constraints': [models.UniqueConstraint(fields=('file', 'number'), name='piece_once')],
            },
        ),
    ]
