"""Tables of the postbox: notices of events, written notices, and who has read them."""

from lxbt.notices.models.circulars import Circular, CircularPaper, CircularReceipt
from lxbt.notices.models.postbox import Notice, Receipt

__all__ = ["Circular", "CircularPaper", "CircularReceipt", "Notice", "Receipt"]
