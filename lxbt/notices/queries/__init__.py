"""Reads of the postbox: notices of events here, written ones in `circulars`, who has read them in `receipts`."""

from lxbt.notices.queries.postbox import MANY, addressed_to, notices_for, read_by, readers_of, unread_count, unread_for

__all__ = ["MANY", "addressed_to", "notices_for", "read_by", "readers_of", "unread_count", "unread_for"]
