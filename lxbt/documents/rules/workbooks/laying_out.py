"""The reader of workbooks, kept from doing harm: whatever goes wrong in it is a fault of the file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import python_calamine

from lxbt.documents.rules.workbooks.faults import Fault, Unfit

_PANIC = "PanicException"  # how the reader's own defects come up; no Exception, and its type has no name to import


@contextmanager
def laying_out() -> Iterator[None]:
    """What the reader of workbooks raises inside, as Unfit."""
    try:
        yield
    except (Unfit, GeneratorExit):
        raise
    except python_calamine.PasswordError as error:
        raise Unfit(Fault.LOCKED) from error
    except Exception as error:
        raise Unfit(Fault.DAMAGED) from error
    except BaseException as error:
        if type(error).__name__ == _PANIC:
            raise Unfit(Fault.DAMAGED) from None
        raise
