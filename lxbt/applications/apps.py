from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "lxbt.applications"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as lazy

        from lxbt.applications.effects import effect_of_procedure
        from lxbt.applications.rules import procedure_within, read_procedure
        from lxbt.divisions.followers import Follower, follow
        from lxbt.standards.proposing import register_effect
        from lxbt.standards.rules.schemas import Schema, register_schema

        register_schema(Schema("procedure", read_procedure, procedure_within))
        register_effect("procedure", effect_of_procedure)

        waiting = "state in ('open', 'returned')"
        follow(
            Follower("applications_application", "division_code", lazy("在办的申请"), waiting),
            Follower("applications_application", "county_code", lazy("在办的申请（县级）"), waiting),
        )
