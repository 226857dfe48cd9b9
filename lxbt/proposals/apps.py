from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    name = "lxbt.proposals"

    def ready(self) -> None:
        from lxbt.proposals.appointing import register_kinds

        register_kinds()
