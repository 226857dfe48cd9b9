from django.apps import AppConfig


class LeadsConfig(AppConfig):
    name = "lxbt.leads"

    def ready(self) -> None:
        from lxbt.leads.rules import following_value
        from lxbt.standards.rules.schemas import Schema, register_schema

        register_schema(Schema("federation", following_value))
