from django.apps import AppConfig


class LeadsConfig(AppConfig):
    name = "lxbt.leads"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as lazy

        from lxbt.divisions.followers import Follower, follow
        from lxbt.leads.rules import following_value
        from lxbt.standards.rules.schemas import Schema, register_schema

        register_schema(Schema("federation", following_value))

        follow(Follower("leads_lead", "division_code", lazy("待办的线索"), "closed_on is null"))
