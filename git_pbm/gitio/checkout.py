"""Files as git would check them out, laid into another folder: filters run, and no file is held in memory."""

from __future__ import annotations

import os
from collections.abc import Mapping

from git_pbm.fs.atomic_files import sync_folder
from git_pbm.gitio.repository import Repository


def check_out(repository: Repository, entries: Mapping[str, str], folder: str) -> None:
    """Write each path of ``entries`` (``"<mode> <blob id>"``) below ``folder``, and sync it.

    Raises ``GitFailure`` where this clone lacks a blob, or the content that an attribute asks for.
    """
    if not entries:
        return
    # an index of nothing else, which is gone again before the command ends
    scratch = {"GIT_INDEX_FILE": os.path.join(folder, "index")}
    lines = "".join(f"{entry} 0\t{path}\0" for path, entry in entries.items())
    repository.run(
        "-c", "core.fsync=none", "update-index", "-z", "--index-info", stdin=os.fsencode(lines), environment=scratch
    )
    repository.run("checkout-index", "--all", f"--prefix={folder}{os.sep}", environment=scratch)
    for path in entries:
        written = os.path.join(folder, path)
        descriptor = os.open(written, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        sync_folder(os.path.dirname(written))
