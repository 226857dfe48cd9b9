"""The one way to say no: a sentence for the user, raised by an operation, shown by a door."""


class Refusal(Exception):
    """An expected no. Its text says what is wrong and what to do, in the user's language.

    A defect is never a refusal: doors show refusals and let everything else fail loudly.
    """

    def __init__(self, sentence: object, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.field = field  # the form field that the sentence belongs to, if any

    def __str__(self) -> str:
        return str(self.args[0])
