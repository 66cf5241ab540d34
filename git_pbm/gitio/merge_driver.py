"""git's merge driver ``pbm``: how a clone is told about it, and its work on the three files that git hands it."""

from __future__ import annotations

import os

from git_pbm.core.names import REGISTRY_PATH, Role, role_of
from git_pbm.fs.atomic_files import remove_if_there, scratch_folder, temporary_name
from git_pbm.gitio.repository import GitFailure, Repository

NAME_KEY, DRIVER_KEY = "merge.pbm.name", "merge.pbm.driver"
_NAME = "registry.json and the README's block, merged by meaning"
_DRIVER = (
    "if command -v git-pbm >/dev/null 2>&1; then git-pbm merge-driver %O %A %B %L %P %X %Y; s=$?; else s=2; fi; "
    "test $s -lt 2 && exit $s; git merge-file --marker-size=%L -L ours -L base -L theirs %A %O %B"
)
"""Where git pbm is missing or fails, git would leave our side without markers: then the text is merged instead.

``%X`` and ``%Y`` are the labels of the two sides, since git 2.44; an older git leaves them as they are.
"""
_OURS = "git-pbm merge-driver"


def install_driver(repository: Repository) -> None:
    """Name the driver in this clone's configuration, which no clone carries along; one of somebody else's stays."""
    found = repository.config(DRIVER_KEY)
    if found is None or (found != _DRIVER and _OURS in found):
        repository.run("config", DRIVER_KEY, _DRIVER)  # first: with a name alone every merge is fatal
        repository.run("config", NAME_KEY, _NAME)


def driver_is_missing(repository: Repository) -> bool:
    """Whether the attributes name the driver and this clone does not know it (then git merges as text)."""
    if repository.config(DRIVER_KEY) is not None:
        return False
    argv = ("check-attr", "-z", "merge", "--", REGISTRY_PATH)
    return (repository.try_run(*argv) or b"").split(b"\0")[2:3] == [b"pbm"]


def merge_files(base: str, ours: str, theirs: str, marker_size: int, path: str, labels: tuple[str, str]) -> bool:
    """Merge three files into ``ours``, which is replaced as a whole; returns whether the merge is clean.

    ``path`` is the file's own, relative to the top of the work tree: ``registry.json``, metadata or a README.
    """
    texts = [_content(name) for name in (base, ours, theirs)]
    merge = {Role.REGISTRY: _merged_registry, Role.METADATA: _merged_metadata}.get(role_of(path), _merged_readme)
    merged = merge(texts, marker_size, labels) or merge_texts(texts, marker_size, labels)
    content, is_clean = merged
    temporary = temporary_name(os.path.abspath(ours))
    try:
        with open(temporary, "xb") as file:
            file.write(content)
        os.replace(temporary, ours)
    except BaseException:
        remove_if_there(temporary)
        raise
    return is_clean


def _content(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _merged_registry(texts: list[bytes], marker_size: int, labels: tuple[str, str]) -> tuple[bytes, bool] | None:
    from git_pbm.core.merge.registry import merge_registries

    merged = merge_registries(*texts)
    return (
        (merged.text(marker_size, *labels).encode("utf-8", "surrogateescape"), not merged.clashes) if merged else None
    )


def _merged_metadata(texts: list[bytes], marker_size: int, labels: tuple[str, str]) -> tuple[bytes, bool] | None:
    from git_pbm.core.merge.metadata import merge_of_two_models

    base, ours, theirs = texts
    text = merge_of_two_models(base, ours, theirs, marker_size, labels)
    return None if text is None else (text.encode("utf-8", "surrogateescape"), False)


def _merged_readme(texts: list[bytes], marker_size: int, labels: tuple[str, str]) -> tuple[bytes, bool] | None:
    from git_pbm.core.merge.readme import around, merge_blocks, put_back

    base, ours, theirs = (text.decode("utf-8", "surrogateescape") for text in texts)
    block = merge_blocks(base, ours, theirs, marker_size, *labels)
    if block is None:
        return None
    rest, is_clean = merge_texts(
        [around(text).encode("utf-8", "surrogateescape") for text in (base, ours, theirs)], marker_size, labels
    )
    whole = put_back(rest.decode("utf-8", "surrogateescape"), block.text)
    return None if whole is None else (whole.encode("utf-8", "surrogateescape"), is_clean and block.is_clean)


def merge_texts(texts: list[bytes], marker_size: int, labels: tuple[str, str]) -> tuple[bytes, bool]:
    """git's own merge of three texts (base, ours, theirs), and whether it is clean."""
    base, ours, theirs = texts
    if ours in (base, theirs):
        return theirs, True
    if theirs == base:
        return ours, True
    import subprocess

    with scratch_folder() as folder:
        paths = [os.path.join(folder, name) for name in ("ours", "base", "theirs")]
        for path, text in zip(paths, (ours, base, theirs), strict=True):
            with open(path, "wb") as file:
                file.write(text)
        named = [word for label in (labels[0], "base", labels[1]) for word in ("-L", label)]
        argv = ["git", "merge-file", "--stdout", f"--marker-size={marker_size}", *named, *paths]
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if not 0 <= done.returncode < 128:
        raise GitFailure(tuple(argv[1:]), done.returncode, os.fsdecode(done.stderr))
    return done.stdout, done.returncode == 0
