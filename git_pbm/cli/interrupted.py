"""The warning of reading commands that a changing command was interrupted."""

from __future__ import annotations

import os

from git_pbm.gitio.repository import Repository
from git_pbm.report.terminal import print_message, sanitize


def warn_if_interrupted(repository: Repository) -> None:
    """Print one line where a command was interrupted: reading commands warn, and never recover."""
    if not os.path.lexists(repository.journal_path):
        return
    from git_pbm.transaction.journal import interrupted_command

    command = interrupted_command(repository)
    if command is not None:
        print_message(f"warning: `git pbm {sanitize(command)}` was interrupted; to recover: git pbm repair --apply")
