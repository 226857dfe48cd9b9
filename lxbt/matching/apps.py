from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "lxbt.matching"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as lazy

        from lxbt.divisions.followers import Follower, follow
        from lxbt.matching.effects import effect_of_setting
        from lxbt.matching.proposing import register_kinds
        from lxbt.matching.schema import months_off, setting_value, setting_within
        from lxbt.standards.proposing import register_effect
        from lxbt.standards.rules.schemas import Schema, register_schema

        register_schema(Schema("match.", setting_value, setting_within, months=months_off))
        register_effect("match.", effect_of_setting)
        register_kinds()

        unsettled = "state not in ('closed', 'lapsed')"
        follow(
            Follower("matching_suspicion", "division_code", lazy("未办结的预警"), unsettled),
            Follower("matching_suspicion", "county_code", lazy("未办结的预警（县级）"), unsettled),
        )
