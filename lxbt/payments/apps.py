from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "lxbt.payments"

    def ready(self) -> None:
        from lxbt.payments.operations.reopening import register_kinds

        register_kinds()
        from django.utils.translation import gettext_lazy as lazy

        from lxbt.divisions.followers import Follower, follow

        follow(
            Follower(
                "payments_batch",
                "payer_code",
                lazy("没有办结的发放批次"),
                "state in ('drawn', 'approved', 'sent')",
                blocks=True,
            ),
            Follower("payments_recovery", "division_code", lazy("未了结的追缴"), "state in ('open', 'partly')"),
        )
