from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "lxbt.imports"

    def ready(self) -> None:
        from lxbt.imports.operations.confirming import register_kinds

        register_kinds()
        from django.utils.translation import gettext_lazy as lazy

        from lxbt.divisions.followers import Follower, follow

        follow(
            Follower(
                "imports_import",
                "division_code",
                lazy("导入"),
                "state not in ('uploaded', 'planning', 'planned', 'writing', 'paused', 'stopped', 'undoing')",
            ),
            Follower(
                "imports_import",
                "division_code",
                lazy("没有办结的导入"),
                "state in ('planning', 'planned', 'writing', 'paused', 'stopped', 'undoing')",
                blocks=True,
            ),
        )
