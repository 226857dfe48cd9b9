"""The kinds of faults. Each function gives somebody one fault and notes what comparing should find."""

from __future__ import annotations

from collections.abc import Callable

from lxbt.demonstration.faults.kinds.benefits import another_class, destitute, elderly, injured, orphan, public_employee
from lxbt.demonstration.faults.kinds.certificates import frozen, other_grade, ran_out, runs_out_soon
from lxbt.demonstration.faults.kinds.money import backpaid, paid_after_the_end, too_little, too_much, twice
from lxbt.demonstration.faults.kinds.persons import (
    dead,
    imprisoned,
    left,
    no_sign_of_life,
    off_the_roster,
    said_dead,
    shared_account,
    shared_phone,
    two_numbers,
)
from lxbt.demonstration.faults.kinds.unreached import granted_and_unpaid, never_granted, not_spoken_to, stopped_in_error
from lxbt.demonstration.faults.planting import Ground

KINDS: tuple[Callable[[Ground], None], ...] = (
    dead,
    said_dead,
    left,
    imprisoned,
    no_sign_of_life,
    frozen,
    ran_out,
    other_grade,
    two_numbers,
    destitute,
    injured,
    orphan,
    elderly,
    public_employee,
    another_class,
    too_much,
    too_little,
    paid_after_the_end,
    backpaid,
    twice,
    shared_account,
    shared_phone,
    off_the_roster,
    never_granted,
    stopped_in_error,
    granted_and_unpaid,
    runs_out_soon,
    not_spoken_to,
)
