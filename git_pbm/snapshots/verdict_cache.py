"""Trees in which all rules found nothing, remembered by a digest of everything that the rules looked at."""

from __future__ import annotations

import hashlib
import os
from functools import cached_property
from importlib.util import find_spec

from git_pbm import __version__
from git_pbm.core.names import ALLOWANCES_PATH, EVALUATIONS_PATH, LISTED_PATHS
from git_pbm.fs.small_files import read_small
from git_pbm.gitio.differences import differs_from_index, is_ignored_noise
from git_pbm.gitio.repository import Repository
from git_pbm.snapshots.tree_source import TreeSource
from git_pbm.snapshots.verdict_file import VerdictFile, write_whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

SETTINGS = ("core.attributesfile", "core.filemode", "core.ignorecase", "core.sparsecheckout", "core.symlinks")
"""Configuration that decides how git answers what a check asks."""

VARIABLES = ("GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_ATTR_NOSYSTEM", "GIT_OBJECT_DIRECTORY", "HOME", "XDG_CONFIG_HOME")
"""Variables that do; ``GIT_DIR``, ``GIT_INDEX_FILE`` and configuration by variables are in what git answers."""

SYSTEM_ATTRIBUTES = ("/etc/gitattributes", "/usr/local/etc/gitattributes", "/opt/homebrew/etc/gitattributes")
"""Where git's packages look for the attributes of the whole machine; git before 2.41 does not say where."""

_WHOLE, _INDEX, _EVALUATIONS = b"whole", b"index", b"evaluations"
"""What a digest is of: an index that was checked, one that a hook passed, a tree whose evaluations were judged."""

_BASE_LIMIT = 256 << 20
"""Bytes of a listing: a million models."""

_ATTRIBUTES_LIMIT = 100 << 20
"""Bytes of an attributes file that git reads (gitattributes(5))."""


class VerdictCache:
    """What was found sound, by a digest; deleting it is harmless.

    A digest covers the rules' own code, the settings and attribute files outside the tree, and either the bytes
    of the index file, or what git lists of it, or a tree's id. Nothing depends on a time stamp but those that git
    itself believes. A tree with any finding, also an allowed one's warning, is not remembered.

    Evaluations are not in those listings, for there may be 100,000. A hook judges those that differ from HEAD, a check
    those that differ from the last tree in which all were judged: so an index that a hook passed is another thing to
    remember than one that was checked as a ``whole``.
    """

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._file = VerdictFile(os.path.join(repository.own_folder, "sound"))
        self._base_path = os.path.join(repository.own_folder, "sound-base")
        self._evaluations_path = os.path.join(repository.own_folder, "sound-evaluations")
        self.differs_from_index: frozenset[str] | None = None
        """What git said last of the work tree: see :func:`git_pbm.gitio.differences.differs_from_index`."""

    def models(self, place: TreeSource, *, whole: bool = True) -> int | None:
        """How many models a tree has that is known to be clean; None where nothing is known.

        A ``whole`` tree has its evaluations judged, too, not only those that differ from HEAD.
        """
        if not self._known:
            return None
        if place.commit is not None:
            return self._known.get(self._tree_key(place.commit))
        found = self._staged(whole)
        return None if found is None or (place.is_worktree and self._differs_from_index()) else found

    def _differs_from_index(self) -> bool:
        """Whether a check of the work tree would see anything else than a check of the index."""
        self.differs_from_index = differs_from_index(self._repository)
        if not is_ignored_noise(self._repository, self.differs_from_index):
            return True
        argv = ("--modified", "--deleted", "--others", "--exclude-standard", "--", EVALUATIONS_PATH)
        return self._repository.run("ls-files", *argv) != b""

    def _staged(self, whole: bool) -> int | None:
        """The staged tree, by the index file's bytes (no git process), else by what git lists of it."""
        content = self._index_content()
        keys = [self._key(_WHOLE, content)] if whole else [self._key(_WHOLE, content), self._key(_INDEX, content)]
        found = next((self._known[key] for key in keys if key in self._known), None)
        if found is None:
            found = self._known.get(self._listing_key())
            if found is not None and self._has_evaluations_to_judge(whole):
                return None
            if found is not None and content == self._index_content():
                self._file.add(keys[-1:], found)
        return found

    def _has_evaluations_to_judge(self, whole: bool) -> bool:
        judged = self.judged_evaluations(TreeSource.staged()) if whole else self._repository.head()
        argv = ("ls-files", "-z") if judged is None else ("diff-index", "--cached", "--raw", "-z", judged)
        return self._repository.run(*argv, "--", EVALUATIONS_PATH) != b""

    def judged_evaluations(self, place: TreeSource) -> str | None:
        """A tree in which every evaluation was judged and right; None where none is known.

        Arenas and allowances are in ``.pbm.toml``: where that is another one, all have to be judged again.
        """
        tree = (read_small(self._evaluations_path, 128) or b"").decode("ascii", "replace").strip()
        if not tree or self._key(_EVALUATIONS, tree.encode()) not in self._known:
            return None
        if place.commit is not None:
            argv: tuple[str, ...] = ("diff-tree", "--quiet", tree, place.commit)
        else:
            argv = ("diff-index", "--quiet", *(() if place.is_worktree else ("--cached",)), tree)
        return tree if self._repository.try_run(*argv, "--", ALLOWANCES_PATH) is not None else None

    def knows(self, listing: bytes | None) -> bool:
        """Whether a tree is known to be clean of which git lists this, as ``ls-files --stage -z`` does."""
        return bool(self._known) and listing is not None and self._key(b"listing", listing) in self._known

    def base(self) -> bytes | None:
        """What git listed of a tree that is known to be clean, to compare another one with."""
        listing = read_small(self._base_path, _BASE_LIMIT)
        return listing if self.knows(listing) else None

    def look(self, place: TreeSource) -> bytes:
        """What a tree is recognised by: taken before the rules look at it, given to :meth:`remember` afterwards."""
        return self._index_content() if place.commit is None else self._tree(place.commit)

    def remember(self, place: TreeSource, look: bytes, listing: bytes, models: int, *, whole: bool) -> None:
        """Note that no rule had anything to say, unless somebody changed what was looked at meanwhile."""
        if place.is_worktree and self._differs_from_index():
            return  # what was clean is not what git would list
        if look != self.look(place):
            return
        keys = [self._key(b"listing", listing)]
        if place.commit is None:
            keys += [self._key(_WHOLE if whole else _INDEX, look)]
        elif whole:
            keys += [self._key(b"tree", look)]
        self._file.add(keys, models)
        write_whole(self._base_path, listing)
        if whole:
            self._remember_evaluations(place)

    def _remember_evaluations(self, place: TreeSource) -> None:
        """Note that every evaluation of a tree was judged; of the index, where it has those of HEAD."""
        commit = place.commit or self._repository.head()
        if commit is None or not self._repository.run("ls-tree", commit, "--", EVALUATIONS_PATH):
            return
        argv = ("diff-index", "--cached", "--raw", "-z", commit, "--", EVALUATIONS_PATH, ALLOWANCES_PATH)
        if place.commit is None and self._repository.run(*argv) != b"":
            return
        tree = self._tree(commit).strip()
        self._file.add([self._key(_EVALUATIONS, tree)], 0)
        write_whole(self._evaluations_path, tree)

    def prime(self, listing: bytes, models: int) -> None:
        """Note that no rule had anything to say about a tree that is about to be."""
        self._file.add([self._key(b"listing", listing)], models)

    @cached_property
    def _known(self) -> Mapping[bytes, int]:
        """What is remembered; nothing where attributes come from a tree that is none of those that are looked at."""
        if os.environ.get("GIT_ATTR_SOURCE") or "attr.tree" in self._repository.settings:
            return {}
        return self._file.known

    # -- digests

    def _index_content(self) -> bytes:
        """A digest of the index file, and of what it refers to."""
        try:
            with open(self._repository.index_path, "rb") as file:
                content = hashlib.file_digest(file, "sha256").digest()
        except OSError:
            content = b"none"
        return content + b"".join(self._shared_indexes())

    def _shared_indexes(self) -> list[bytes]:
        """The names of the files that a split index refers to; each is named by its checksum."""
        names = os.listdir(self._repository.git_dir)
        return [os.fsencode(name) for name in sorted(names) if name.startswith("sharedindex.")]

    def _listing_key(self) -> bytes:
        return self._key(b"listing", self._repository.run("ls-files", "--stage", "-z", "--", *LISTED_PATHS))

    def _tree_key(self, commit: str) -> bytes:
        return self._key(b"tree", self._tree(commit))

    def _tree(self, commit: str) -> bytes:
        return self._repository.run("rev-parse", "--verify", f"{commit}^{{tree}}")

    def _key(self, kind: bytes, content: bytes) -> bytes:
        digest = hashlib.sha256(self._ground)
        for part in (kind, content, *map(_content, self._attribute_files)):
            digest.update(len(part).to_bytes(8, "big") + part)
        return digest.hexdigest().encode()

    @cached_property
    def _ground(self) -> bytes:
        """What does not change while we run: our own code, settings, variables."""
        repository = self._repository
        settings = [(name, repository.settings.get(name)) for name in SETTINGS]
        variables = [(name, os.environ.get(name)) for name in VARIABLES]
        places = (repository.root, repository.git_dir, repository.object_format)
        return repr((_code(), settings, variables, places)).encode("utf-8", "surrogateescape")

    @cached_property
    def _attribute_files(self) -> list[str]:
        home = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
        configured = self._repository.config_path("core.attributesFile")
        return [
            os.path.join(self._repository.common_dir, "info", "attributes"),
            configured or os.path.join(home, "git", "attributes"),
            *SYSTEM_ATTRIBUTES,
        ]


def _content(path: str) -> bytes:
    """The bytes of an attributes file of the user's or the machine's; it may be a link."""
    return read_small(os.path.realpath(path), _ATTRIBUTES_LIMIT) or b""


def _code() -> str:
    """A digest of the code and the schemas that judge: another version of git pbm judges anew."""
    digest = hashlib.sha256(__version__.encode())
    for package in ("git_pbm.core", "git_pbm.schemas"):
        spec = find_spec(package)
        for place, folders, names in os.walk(os.path.dirname((spec and spec.origin) or "")):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            for name in sorted(names):
                with open(os.path.join(place, name), "rb") as file:
                    digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
