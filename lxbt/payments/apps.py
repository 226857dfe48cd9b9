from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "lxbt.payments"

    def ready(self) -> None:
        from lxbt.payments.rules import read_shares
        from lxbt.payments.settling import register_kinds
        from lxbt.standards.rules.schemas import Schema, register_schema

        register_schema(Schema("funding_shares", read_shares))
        register_kinds()
