from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "lxbt.payments"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as lazy

        from lxbt.core.reading import whole
        from lxbt.divisions.followers import Follower, follow
        from lxbt.payments import settling
        from lxbt.payments.operations import reopening
        from lxbt.payments.operations.draw import AHEAD, MOST_AHEAD
        from lxbt.payments.rules import read_shares
        from lxbt.standards.rules.schemas import Schema, register_schema

        register_schema(Schema("funding_shares", read_shares))
        register_schema(Schema(AHEAD, lambda name, raw: whole(raw, name, 0, MOST_AHEAD)))
        reopening.register_kinds()
        settling.register_kinds()

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
