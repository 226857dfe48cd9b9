from django.apps import AppConfig


class LeadsConfig(AppConfig):
    name = "lxbt.leads"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as lazy

        from lxbt.divisions.followers import Follower, follow

        follow(Follower("leads_lead", "division_code", lazy("待办的线索"), "closed_on is null"))
