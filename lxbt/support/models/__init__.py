"""Questions, known answers, the contact directory, the state of the system."""

from lxbt.support.models.answers import KnownAnswer, Vote
from lxbt.support.models.directory import Office
from lxbt.support.models.practice import Attempt, TrainingRecord
from lxbt.support.models.questions import Desk, Entry, Picture, Question
from lxbt.support.models.status import Beat, Incident, Maintenance

__all__ = [
    "Attempt",
    "Beat",
    "Desk",
    "Entry",
    "Incident",
    "KnownAnswer",
    "Maintenance",
    "Office",
    "Picture",
    "Question",
    "TrainingRecord",
    "Vote",
]
