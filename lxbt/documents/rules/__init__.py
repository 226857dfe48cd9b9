"""What kinds of file are taken, told by their content and never by their name. Pure."""

from __future__ import annotations

LARGEST = 10 * 2**20  # bytes of one paper
SIGNATURES = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n", "application/pdf": b"%PDF-"}
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OFFICE_ENDINGS = {**ENDINGS, WORKBOOK: "xlsx"}  # papers of offices may be workbooks too: forms to fill in
ACTIVE = (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/XFA")  # what a scanned paper has no need of


def media_type_of(content: bytes) -> str | None:
    """image/jpeg, image/png or application/pdf by the first bytes; None for anything else."""
    return next((name for name, head in SIGNATURES.items() if content.startswith(head)), None)


def is_active(content: bytes, media_type: str) -> bool:
    """Whether a PDF carries scripts, launches or attachments."""
    return media_type == "application/pdf" and any(mark in content for mark in ACTIVE)
