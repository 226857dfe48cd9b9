"""Tables of going live."""

from lxbt.rollout.models.bulletins import Bulletin, BulletinIssue
from lxbt.rollout.models.plan import Permit, Plan, Remark, Term
from lxbt.rollout.models.progress import CountyProgress, Declared, StaleArea

__all__ = ["Bulletin", "BulletinIssue", "CountyProgress", "Declared", "Permit", "Plan", "Remark", "StaleArea", "Term"]
