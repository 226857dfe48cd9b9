from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "lxbt.payments"

    def ready(self) -> None:
        from lxbt.payments.operations.reopening import register_kinds

        register_kinds()
