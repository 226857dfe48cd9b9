from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "lxbt.matching"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as lazy

        from lxbt.divisions.followers import Follower, follow

        unsettled = "state not in ('closed', 'lapsed')"
        follow(
            Follower("matching_suspicion", "division_code", lazy("未办结的预警"), unsettled),
            Follower("matching_suspicion", "county_code", lazy("未办结的预警（县级）"), unsettled),
        )
