from django.apps import AppConfig


class EntitlementsConfig(AppConfig):
    name = "lxbt.entitlements"

    def ready(self) -> None:
        from lxbt.entitlements.costing import effect_of_dibao, effect_of_parameter
        from lxbt.standards.proposing import DIBAO_EFFECT, register_effect
        from lxbt.standards.rules.parameters import RULES

        for name in RULES:
            register_effect(name, effect_of_parameter)
        DIBAO_EFFECT[:] = [effect_of_dibao]
        from lxbt.entitlements.costing_revisions import monthly_of
        from lxbt.standards.revisions import MONTHLY

        MONTHLY[:] = [monthly_of]
        from lxbt.core.reading import whole
        from lxbt.entitlements.operations import accounts, certificates, confirmed, releasing
        from lxbt.standards.rules.schemas import Schema, register_schema

        register_schema(Schema(accounts.PARAMETER, lambda name, raw: whole(raw, name, 0, 60)))
        accounts.register_kinds()
        certificates.register_kinds()
        confirmed.register_kinds()
        releasing.register_kinds()
        from django.utils.translation import gettext_lazy as lazy

        from lxbt.divisions.followers import Follower, follow

        follow(Follower("entitlements_hold", "payer_code", lazy("暂缓的月份"), "released_on is null"))
