"""What is done with files: papers of persons, large exports, sealing anew."""

from lxbt.documents.operations.office_files import OfficeFileRefused, drop_office_file, keep_typeset, store_office_file
from lxbt.documents.operations.papers import DocumentRefused, store_document
from lxbt.documents.operations.releases import ReleaseRefused, ask_release, decide_release, take_release, wipe_releases
from lxbt.documents.operations.sealed import drop_large_file, keep_large_file, seal_documents_anew
from lxbt.documents.operations.sweeping import sweep_folders
from lxbt.documents.operations.takings import forget_takings, take_out

__all__ = [
    "DocumentRefused",
    "OfficeFileRefused",
    "ReleaseRefused",
    "ask_release",
    "decide_release",
    "drop_large_file",
    "drop_office_file",
    "forget_takings",
    "keep_large_file",
    "keep_typeset",
    "seal_documents_anew",
    "store_document",
    "store_office_file",
    "sweep_folders",
    "take_out",
    "take_release",
    "wipe_releases",
]
