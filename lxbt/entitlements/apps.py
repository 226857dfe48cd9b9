from django.apps import AppConfig


class EntitlementsConfig(AppConfig):
    name = "lxbt.entitlements"

    def ready(self) -> None:
        from lxbt.entitlements.operations import confirmed, releasing

        confirmed.register_kinds()
        releasing.register_kinds()
