from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "lxbt.imports"

    def ready(self) -> None:
        from lxbt.core.reading import whole
        from lxbt.imports.operations.confirming import register_kinds
        from lxbt.standards.rules.schemas import Schema, register_schema

        register_kinds()
        register_schema(Schema("import_arrears_months", lambda name, raw: whole(raw, name, 0, 36)))
