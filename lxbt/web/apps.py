from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "lxbt.web"
