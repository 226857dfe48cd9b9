from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "lxbt.applications"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as lazy

        from lxbt.divisions.followers import Follower, follow

        waiting = "state in ('open', 'returned')"
        follow(
            Follower("applications_application", "division_code", lazy("在办的申请"), waiting),
            Follower("applications_application", "county_code", lazy("在办的申请（县级）"), waiting),
        )
