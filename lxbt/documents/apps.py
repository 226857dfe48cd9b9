from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "lxbt.documents"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as lazy

        from lxbt.divisions.followers import Follower, follow

        follow(Follower("documents_document", "division_code", lazy("材料")))
