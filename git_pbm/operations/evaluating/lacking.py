"""Evaluations that this clone lacks: a command that needs them says how to get them."""

from __future__ import annotations

from git_pbm.core.evaluations.ledger_files import LedgerFiles
from git_pbm.errors import ErrorId, UnverifiedError


def refuse_lacking(found: LedgerFiles) -> None:
    """Raise ``UnverifiedError`` where this clone lacks some of these files."""
    if found.lacking:
        more = f" (and {len(found.lacking) - 1} more)" if len(found.lacking) > 1 else ""
        raise UnverifiedError(
            f"{found.lacking[0].path}{more} is not in this clone",
            "get what is missing: git pbm check --rev HEAD --fetch",
            error_id=ErrorId.CONTENT_MISSING,
        )
