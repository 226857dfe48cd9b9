from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('statistics', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Coverage',
            fields=[
                ('division_code', models.CharField(max_length=12, primary_key=True, serialize=False)),
                ('certified', models.IntegerField(help_text='with a certificate in force')),
                ('severe', models.IntegerField(help_text='of these, grade 1 or 2')),
                ('dibao', models.IntegerField(help_text='of these, in a 低保 or 低保边缘 family')),
                ('living', models.IntegerField(help_text='with a certificate in force and the right granted')),
                ('care', models.IntegerField()),
                ('severe_without', models.IntegerField(help_text='grade 1 or 2 without care: to be looked at')),
                ('dibao_without', models.IntegerField(help_text='低保 or 低保边缘 without living: to be looked at')),
                ('lapsed', models.IntegerField(help_text='the right granted or suspended, the certificate no longer in force')),
                ('counted_at', models.DateTimeField()),
            ],
        ),
    ]
