"""A folder of networks that comes in, and the tag that it is given: one model has one, so two are refused."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.core.names import ID_DIGITS, METADATA_NAME, SUPERVISED, tag_problem, training_of
from git_pbm.core.registry.facts import Facts
from git_pbm.errors import ErrorId, RefusedError


@dataclass(frozen=True, slots=True)
class Network:
    """A network that was taken in: facts, git's id for its bytes, and its name in the staging folder."""

    facts: Facts
    object_id: str
    staged_name: str


@dataclass(frozen=True, slots=True)
class MovedIn:
    """A folder to move in: its two networks, what its ``metadata.json`` says, and which paths of it go.

    ``tag`` is what the person said (None: not said), ``born`` the day of the commit that first brought the policy.
    """

    folder: str
    tag: str | None
    version: int
    policy: Network
    value: Network | None
    document: Mapping[str, JsonValue]
    born: str
    paths: tuple[str, ...]

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.folder.rpartition("/")[2]

    @property
    def model_id(self) -> str:
        """The id that its policy gives it."""
        return self.policy.facts.sha256[:ID_DIGITS]

    @property
    def given_tag(self) -> str | None:
        """The tag that a person gives it, else that of its metadata, else its own name where that is one."""
        given: JsonValue = self.tag if self.tag is not None else self.document.get("tag")
        if given is None:
            given = self.name if training_of(self.name) is not None else None
        return given if isinstance(given, str) and tag_problem(given) is None else None

    @property
    def tag_source(self) -> str:
        """Where its tag is said."""
        if self.tag is not None:
            return "--move-in"
        if "tag" in self.document:
            return f"its {METADATA_NAME}"
        is_named = self.given_tag is not None or self.name == SUPERVISED
        return "the folder's name" if is_named else "a folder of the same bytes"

    def option(self, tag: str) -> str:
        """What to type so that it comes in under a tag."""
        return f"--move-in {shlex.quote(self.folder)}={tag}"


def given_tags(folders: Iterable[MovedIn]) -> dict[str, str]:
    """The tags that folders give, by the SHA-256 of the policy; a policy that no folder names is left out.

    Raises :class:`RefusedError` where two folders give the same bytes two tags.
    """
    named: dict[str, tuple[str, MovedIn]] = {}
    for folder in folders:
        tag = folder.given_tag
        if tag is None:
            continue
        known, first = named.setdefault(folder.policy.facts.sha256, (tag, folder))
        if known != tag:
            raise RefusedError(
                f"{folder.folder}: its tag is {tag}, and the same bytes in {first.folder} have the tag {known}; "
                "a model has one tag",
                f"give both the same: git pbm init --adopt {first.option(known)} {folder.option(known)}",
                error_id=ErrorId.NOT_ADOPTABLE,
            )
    return {sha256: tag for sha256, (tag, _) in named.items()}


def refuse_other_tag(folder: MovedIn, model_id: str, tag: str) -> None:
    """Raise :class:`RefusedError` where a folder gives a registered model another tag than it has."""
    given = folder.given_tag
    if given is not None and given != tag:
        raise RefusedError(
            f"{folder.folder}: its tag is {given}, and these bytes are model {model_id} already, under the tag {tag}",
            f"keep that tag: git pbm init --adopt {folder.option(tag)}",
            error_id=ErrorId.NOT_ADOPTABLE,
        )
