"""The command line: finds the command, parses its arguments, and turns errors into exit codes."""

from __future__ import annotations

import os
import sys

from git_pbm.cli.error_boundary import guarded

_OK = 0
"""``ExitCode.OK``, without the time that importing an enum takes."""


def main(argv: list[str] | None = None) -> int:
    """Run ``git pbm``; return the exit status."""
    args = sys.argv[1:] if argv is None else argv
    return guarded(lambda: _dispatch(args), args)


def _dispatch(argv: list[str]) -> int:
    if argv[:1] == ["--version"]:
        from git_pbm import __version__
        from git_pbm.report.terminal import print_data

        print_data(f"git-pbm {__version__}")
        return _OK
    if argv[:1] == ["complete"]:  # for the files in completion/; not listed in the help
        from git_pbm.cli.candidates import complete

        return complete(argv[1:])
    if argv[:1] == ["merge-driver"]:  # for git; not listed in the help
        from git_pbm.cli.merge_driver import merge_driver

        return merge_driver(argv[1:])
    if argv in (["path"], ["path", "current"]) and not os.environ.get("PBM_REGISTRY"):
        from git_pbm.snapshots.current_fast_path import current_folder

        folder = current_folder()
        if folder is not None:
            from git_pbm.report.terminal import print_path

            print_path(folder)
            return _OK
    from git_pbm.cli import commands

    return commands.dispatch(argv)
