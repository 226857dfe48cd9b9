from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "lxbt.imports"

    def ready(self) -> None:
        from lxbt.imports.operations.confirming import register_kinds

        register_kinds()
