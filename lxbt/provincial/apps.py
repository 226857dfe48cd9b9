from django.apps import AppConfig


class ProvincialConfig(AppConfig):
    name = "lxbt.provincial"

    def ready(self) -> None:
        from lxbt.provincial.operations.going_live import register_kinds

        register_kinds()

        from django.utils.translation import gettext_lazy as lazy

        from lxbt.divisions.followers import Follower, follow

        follow(Follower("provincial_client", "division_code", lazy("数据接口"), "closed_at is null"))
