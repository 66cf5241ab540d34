"""The line that readers print where a command was killed."""

from __future__ import annotations

import os

from git_pbm.gitio.repository import Repository
from git_pbm.report.terminal import print_message, sanitize


def warn_if_interrupted(repository: Repository) -> None:
    """One line where a command was killed here: readers never recover, they say so."""
    if not os.path.lexists(repository.journal_path):
        return
    from git_pbm.transaction.journal import interrupted_command

    command = interrupted_command(repository)
    if command is not None:
        print_message(
            f"warning: `git pbm {sanitize(command)}` was interrupted here; recover it with: git pbm repair --apply"
        )
