from django.apps import AppConfig


class RolloutConfig(AppConfig):
    name = "lxbt.rollout"

    def ready(self) -> None:
        from lxbt.rollout.operations.doors import register_kinds

        register_kinds()
