"""A merge of ``metadata.json`` in which git took two models for one renamed file; any other one is left to git."""

from __future__ import annotations

from git_pbm.core.documents.metadata import METADATA_LIMIT
from git_pbm.core.documents.strict_json import DocumentProblem, read_json
from git_pbm.core.merge.conflict_markers import marked


def hash_in(metadata: bytes) -> str | None:
    """The hash that a text of ``metadata.json`` states; None where it cannot be read or states none."""
    try:
        document = read_json(metadata, METADATA_LIMIT)
    except DocumentProblem:
        return None
    stated = document.get("hash") if isinstance(document, dict) else None
    return stated if isinstance(stated, str) else None


def merge_of_two_models(
    base: bytes, ours: bytes, theirs: bytes, marker_size: int, labels: tuple[str, str]
) -> str | None:
    """Each model's own text between conflict markers; None where no two models are mixed up.

    Where a branch removes a model and adds another one, git pairs the two files as a rename: what the other
    branch wrote down about the removed model would be merged into the new one's metadata without a word.
    """
    stated = [hash_in(text) for text in (base, ours, theirs)]
    if None in stated or len(set(stated)) == 1:
        return None
    mine, other = (text.decode("utf-8", "surrogateescape").splitlines() for text in (ours, theirs))
    rows = [*((line, None) for line in mine), *((None, line) for line in other)]
    return marked(rows, marker_size, *labels)
