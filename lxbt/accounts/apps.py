from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "lxbt.accounts"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as lazy

        from lxbt.divisions.followers import Follower, follow

        follow(
            Follower(
                "accounts_appointment",
                "division_code",
                lazy("在任的岗位"),
                "until is null",
                unique=("user_id", "role", "until"),
            ),
            Follower("accounts_user", "place_code", lazy("账号")),
        )
