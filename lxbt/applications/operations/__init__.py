"""Every act on an application: taking it in, and the steps after that."""

from lxbt.applications.operations.drafts import discard_case_draft, discard_draft, save_case_draft, save_draft
from lxbt.applications.operations.intake import Declaration, take_in
from lxbt.applications.operations.procedure import (
    Applicant,
    ApplicationRefused,
    Changed,
    NotYours,
    OpinionMissing,
    attach_paper,
    complete_application,
    pass_step,
    return_application,
    submit_application,
    withdraw_application,
)

__all__ = [
    "Applicant",
    "ApplicationRefused",
    "Changed",
    "Declaration",
    "NotYours",
    "OpinionMissing",
    "attach_paper",
    "complete_application",
    "discard_case_draft",
    "discard_draft",
    "pass_step",
    "return_application",
    "save_case_draft",
    "save_draft",
    "submit_application",
    "take_in",
    "withdraw_application",
]
