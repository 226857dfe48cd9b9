from django.apps import AppConfig


class StandardsConfig(AppConfig):
    name = "lxbt.standards"

    def ready(self) -> None:
        from lxbt.standards.proposing import register_kinds

        register_kinds()
