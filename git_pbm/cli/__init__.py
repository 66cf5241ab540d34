"""The command line: finds the command, parses its words, and turns errors into exit codes; it does no work itself."""

from __future__ import annotations

import os
import sys

from git_pbm.cli.error_boundary import guarded

_OK = 0
"""``ExitCode.OK`` for the answers that are too short to import an enum."""


def main(argv: list[str] | None = None) -> int:
    """The entry point of ``git pbm``; returns the exit status."""
    words = sys.argv[1:] if argv is None else argv
    return guarded(lambda: _dispatch(words))


def _dispatch(words: list[str]) -> int:
    if words[:1] == ["--version"]:
        from git_pbm import __version__
        from git_pbm.report.terminal import print_data

        print_data(f"git-pbm {__version__}")
        return _OK
    if words[:1] == ["complete"]:  # for the shell's completion, and listed nowhere
        from git_pbm.cli.completion import complete

        return complete(words[1:])
    if words[:1] == ["merge-driver"]:  # for git, and no command for every day
        from git_pbm.cli.merge_driver import merge_driver

        return merge_driver(words[1:])
    if words in (["path"], ["path", "current"]) and not os.environ.get("PBM_REGISTRY"):
        from git_pbm.snapshots.current_fast_path import current_folder

        folder = current_folder()
        if folder is not None:
            from git_pbm.report.terminal import print_path

            print_path(folder)
            return _OK
    from git_pbm.cli import commands

    return commands.dispatch(words)
