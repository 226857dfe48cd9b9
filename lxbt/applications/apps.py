from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "lxbt.applications"

    def ready(self) -> None:
        from lxbt.applications.effects import effect_of_procedure
        from lxbt.applications.rules import procedure_within, read_procedure
        from lxbt.standards.proposing import register_effect
        from lxbt.standards.rules.schemas import Schema, register_schema

        register_schema(Schema("procedure", read_procedure, procedure_within))
        register_effect("procedure", effect_of_procedure)
