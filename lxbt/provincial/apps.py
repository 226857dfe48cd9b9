from django.apps import AppConfig


class ProvincialConfig(AppConfig):
    name = "lxbt.provincial"

    def ready(self) -> None:
        from lxbt.core.reading import whole
        from lxbt.provincial.operations.going_live import register_kinds
        from lxbt.standards.rules.schemas import Schema, register_schema

        register_schema(Schema("pushed_rights_a_day", lambda name, raw: whole(raw, name, 0, 1_000_000)))

        register_kinds()

        from django.utils.translation import gettext_lazy as lazy

        from lxbt.divisions.followers import Follower, follow

        follow(Follower("provincial_client", "division_code", lazy("数据接口"), "closed_at is null"))
