from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "lxbt.audit"

    def ready(self) -> None:
        from lxbt.audit.program_role import give_rights

        post_migrate.connect(give_rights, sender=self)
