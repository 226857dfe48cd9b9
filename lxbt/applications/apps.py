from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "lxbt.applications"

    def ready(self) -> None:
        from lxbt.applications.rules import procedure_within, read_procedure
        from lxbt.standards.rules.schemas import Schema, register_schema

        register_schema(Schema("procedure", read_procedure, procedure_within))
