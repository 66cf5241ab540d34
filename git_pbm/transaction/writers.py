"""Edits made in the work tree, each whole or not at all; what was there keeps a second name, so undoing is a rename."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Sequence

from git_pbm.core.plans.plan import Delete, Edit, PutNetwork, Restage, SetLink, WriteText
from git_pbm.fs.atomic_files import replace_file, replace_link, swap, sync_folder, write_file
from git_pbm.fs.path_state import ABSENT, PathKind, PathState
from git_pbm.gitio.runner import GitRunner
from git_pbm.transaction.journal import Journal
from git_pbm.transaction.rollback import gone_path


def state_after(edit: Edit) -> PathState:
    """What is at an edit's path once it is made."""
    match edit:
        case PutNetwork(_, facts) | Restage(_, facts):
            return PathState.of_facts(facts)
        case WriteText(_, content):
            return PathState.of_bytes(content)
        case SetLink(_, target):
            return PathState(PathKind.LINK, target=target)
        case Delete():
            return ABSENT


def new_folders(root: str, edits: tuple[Edit, ...]) -> tuple[str, ...]:
    """The folders that edits will make, outer ones first."""
    folders = dict.fromkeys(os.path.dirname(edit.path) for edit in edits if not isinstance(edit, Delete))
    parents = dict.fromkeys(part for folder in folders for part in (os.path.dirname(folder), folder) if part)
    return tuple(folder for folder in parents if not os.path.lexists(os.path.join(root, folder)))


def write_tree(root: str, edits: tuple[Edit, ...], journal: Journal, runner: GitRunner) -> None:
    """Make the edits in the work tree, in order: a model's directory comes and goes whole, the rest file by file."""
    staging = journal.staging
    _keep_old(root, staging, journal)
    done = {folder for folder in journal.new_folders if _is_new_model(folder, edits)}
    _make_folders(root, [folder for folder in journal.new_folders if folder not in done])
    for folder in filter(done.__contains__, journal.new_folders):
        _place_model(root, staging, folder, edits)
    for edit in edits:
        runner.stop_if_interrupted()
        folder = os.path.dirname(edit.path)
        if folder not in done and isinstance(edit, Delete) and _goes_whole(root, folder, edits):
            _take_whole(os.path.join(root, folder), gone_path(staging, folder), _link_at(folder, edits))
            done.add(folder)
        elif folder not in done and edit.path not in done:  # a link in a folder's place is there already
            _write_edit(os.path.join(root, edit.path), staging, edit)
    for folder in {os.path.dirname(edit.path) for edit in edits if isinstance(edit, Delete)}:
        _remove_empty(root, folder)


def _make_folders(root: str, folders: Sequence[str]) -> None:
    for folder in folders:
        os.mkdir(os.path.join(root, folder))
        sync_folder(os.path.dirname(os.path.join(root, folder)))


def _remove_empty(root: str, folder: str) -> None:
    """Remove a folder and those that it alone kept, as git does when the last file goes."""
    with contextlib.suppress(OSError):  # somebody's own file is there, too
        while folder:
            with contextlib.suppress(FileNotFoundError):
                os.rmdir(os.path.join(root, folder))
            folder = os.path.dirname(folder)


def _is_new_model(folder: str, edits: tuple[Edit, ...]) -> bool:
    return any(isinstance(e, PutNetwork) and os.path.dirname(e.path) == folder for e in edits)


def _goes_whole(root: str, folder: str, edits: tuple[Edit, ...]) -> bool:
    """Whether everything that is in a folder is deleted: then no reader sees half of it."""
    going = {os.path.basename(e.path) for e in edits if isinstance(e, Delete) and os.path.dirname(e.path) == folder}
    return bool(folder) and set(os.listdir(os.path.join(root, folder))) == going


def _link_at(folder: str, edits: tuple[Edit, ...]) -> str | None:
    return next((edit.target for edit in edits if isinstance(edit, SetLink) and edit.path == folder), None)


def _take_whole(path: str, gone: str, target: str | None) -> None:
    """Move a folder aside; a link that comes in its place is there at once."""
    if target is None:
        os.rename(path, gone)
        sync_folder(os.path.dirname(path))
    else:
        os.symlink(target, gone)
        swap(path, gone)


def _place_model(root: str, staging: str, folder: str, edits: tuple[Edit, ...]) -> None:
    """Make the model's directory whole aside, and rename it into place."""
    whole = os.path.join(staging, "model")
    os.mkdir(whole)
    for edit in edits:
        parent, name = os.path.split(edit.path)
        if parent != folder:
            continue
        if isinstance(edit, PutNetwork):
            os.rename(os.path.join(staging, edit.source), os.path.join(whole, name))
        elif isinstance(edit, WriteText):
            write_file(os.path.join(whole, name), edit.content)
    sync_folder(whole)
    os.rename(whole, os.path.join(root, folder))
    sync_folder(os.path.dirname(os.path.join(root, folder)))


def _write_edit(path: str, staging: str, edit: Edit) -> None:
    match edit:
        case WriteText(_, content):
            replace_file(path, content, staging)
        case SetLink(_, target):
            replace_link(path, target, staging)
        case Delete():
            os.unlink(path)
            sync_folder(os.path.dirname(path))
        case PutNetwork():
            os.rename(os.path.join(staging, edit.source), path)
            sync_folder(os.path.dirname(path))
        case Restage():
            pass  # its bytes stay; git stores them in another way


def _keep_old(root: str, staging: str, journal: Journal) -> None:
    """A second name for every file that will be replaced or deleted: undoing is a rename."""
    folder = os.path.join(staging, "undo")
    os.mkdir(folder)
    for number, step in enumerate(journal.steps):
        if step.before.kind is PathKind.FILE:
            _keep(os.path.join(root, step.path), os.path.join(folder, str(number)))
    sync_folder(folder)


def _keep(path: str, kept: str) -> None:
    try:
        os.link(path, kept)
    except OSError:  # a file system without hard links
        shutil.copy2(path, kept)
