from django.apps import AppConfig


class EntitlementsConfig(AppConfig):
    name = "lxbt.entitlements"

    def ready(self) -> None:
        from lxbt.entitlements.operations.releasing import register_kinds

        register_kinds()
