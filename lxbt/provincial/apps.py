from django.apps import AppConfig


class ProvincialConfig(AppConfig):
    name = "lxbt.provincial"

    def ready(self) -> None:
        from lxbt.provincial.operations.going_live import register_kinds

        register_kinds()
