"""Why a request is not taken: HTTP status, a code for the program, a sentence and a remedy for its operator. Pure."""

from __future__ import annotations

from lxbt.core.refusal import Refusal


class Problem(Refusal):
    """The request is not taken. `field` names what it is about; `after`: seconds to wait, for 429."""

    def __init__(
        self, status: int, code: str, message: object, field: str = "", remedy: object = "", after: int = 0
    ) -> None:
        super().__init__(message, field=field or None)
        self.status, self.code, self.remedy, self.after = status, code, remedy, after

    def told(self) -> dict[str, dict[str, str]]:
        """As it is answered."""
        error = {"code": self.code, "message": str(self), "remedy": str(self.remedy)}
        return {"error": error | ({"field": self.field} if self.field else {})}
