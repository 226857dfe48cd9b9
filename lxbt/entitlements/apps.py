from django.apps import AppConfig


class EntitlementsConfig(AppConfig):
    name = "lxbt.entitlements"

    def ready(self) -> None:
        from lxbt.entitlements.operations import accounts, confirmed, releasing

        accounts.register_kinds()
        confirmed.register_kinds()
        releasing.register_kinds()
