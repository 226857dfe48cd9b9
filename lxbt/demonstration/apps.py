from django.apps import AppConfig


class DemonstrationConfig(AppConfig):
    name = "lxbt.demonstration"
