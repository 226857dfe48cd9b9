from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "lxbt.matching"

    def ready(self) -> None:
        from lxbt.matching.effects import effect_of_setting
        from lxbt.matching.proposing import register_kinds
        from lxbt.matching.schema import months_off, setting_value, setting_within
        from lxbt.standards.proposing import register_effect
        from lxbt.standards.rules.schemas import Schema, register_schema

        register_schema(Schema("match.", setting_value, setting_within, months=months_off))
        register_effect("match.", effect_of_setting)
        register_kinds()
