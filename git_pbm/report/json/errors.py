"""An error as JSON; docs/reference/errors.md lists the ids."""

from __future__ import annotations

from git_pbm.errors import RETRYABLE, PbmError


def error_json(error: PbmError) -> dict[str, object]:
    """Return what stands under ``error``."""
    return {
        "id": error.error_id,
        "message": error.message,
        "remedy": error.hint,
        "retryable": error.error_id in RETRYABLE,
    }
