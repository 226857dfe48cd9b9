from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "lxbt.registry"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as lazy

        from lxbt.divisions.followers import Follower, follow
        from lxbt.registry.operations.areas import register_kinds

        register_kinds()
        follow(
            Follower("registry_match", "division_code", lazy("疑似重复登记")),
            Follower("registry_match", "other_division", lazy("疑似重复登记（另一方）")),
        )
