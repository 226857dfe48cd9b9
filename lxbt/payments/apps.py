from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "lxbt.payments"

    def ready(self) -> None:
        from lxbt.payments import settling
        from lxbt.payments.operations import reopening
        from lxbt.payments.rules import read_shares
        from lxbt.standards.rules.schemas import Schema, register_schema

        register_schema(Schema("funding_shares", read_shares))
        reopening.register_kinds()
        settling.register_kinds()
