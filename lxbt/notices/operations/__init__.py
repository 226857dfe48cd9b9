"""What is done with notices: posting and reading those of events here, written ones in `circulars` and `receipts`."""

from lxbt.notices.operations.postbox import Post, post_notices, read_notices

__all__ = ["Post", "post_notices", "read_notices"]
