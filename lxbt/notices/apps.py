from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "lxbt.notices"

    def ready(self) -> None:
        """Enter the postbox where accounts tell what becomes of them."""
        from lxbt.notices.operations.accounts import enter

        enter()
