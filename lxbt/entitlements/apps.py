from django.apps import AppConfig


class EntitlementsConfig(AppConfig):
    name = "lxbt.entitlements"

    def ready(self) -> None:
        from lxbt.entitlements.operations import accounts, confirmed, releasing

        accounts.register_kinds()
        confirmed.register_kinds()
        releasing.register_kinds()
        from django.utils.translation import gettext_lazy as lazy

        from lxbt.divisions.followers import Follower, follow

        follow(Follower("entitlements_hold", "payer_code", lazy("暂缓的月份"), "released_on is null"))
