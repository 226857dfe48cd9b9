from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "lxbt.imports"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as lazy

        from lxbt.core.reading import whole
        from lxbt.divisions.followers import Follower, follow
        from lxbt.imports.operations.confirming import register_kinds
        from lxbt.standards.rules.schemas import Schema, register_schema

        register_kinds()
        register_schema(Schema("import_arrears_months", lambda name, raw: whole(raw, name, 0, 36)))

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
