"""The commit-msg hook: the change rules over HEAD and the staged tree; a courtesy, CI looks at real commits."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass

from git_pbm.core.documents.message_draft import cleaned
from git_pbm.core.findings import Finding
from git_pbm.core.registry.change import Change, Origin
from git_pbm.core.registry.ledger import NO_LEDGER
from git_pbm.core.registry.registry import Registry
from git_pbm.core.rules.engine import judge_change
from git_pbm.errors import ErrorId, ExitCode, UnverifiedError, UsageError
from git_pbm.gitio.repository import Repository
from git_pbm.operations.result import Result
from git_pbm.snapshots.commit_range import EMPTY_TREE
from git_pbm.snapshots.facts_loader import FactsLoader
from git_pbm.snapshots.ledger import GitLedger, change_of, differences_of, latest_end
from git_pbm.snapshots.promotions import Past
from git_pbm.snapshots.tree import commit_tree, empty_tree, staged_tree


@dataclass(frozen=True, slots=True)
class MessageResult(Result):
    """What is wrong with a commit that is about to be made."""

    findings: tuple[Finding, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """1 for a message that is refused."""
        return ExitCode.FINDINGS if self.findings else ExitCode.OK


def check_message(repository: Repository, path: str, environment: Mapping[str, str]) -> MessageResult:
    """What is wrong with a commit that is about to be made with the message in the file ``path``.

    A merge is free. Nobody tells a hook that a commit is amended; one that may be passes if it is right as a
    successor of HEAD's parent. What this clone lacks is not judged here. Raises :class:`UsageError` where
    the file cannot be read.
    """
    if os.path.exists(os.path.join(repository.git_dir, "MERGE_HEAD")):
        return MessageResult()
    message = _message(repository, path, environment)
    blobs = FactsLoader(repository, validate=False, eager=False)
    after = Registry(staged_tree(repository, blobs), ledger=GitLedger(repository, None, None))
    head = repository.head()
    findings = _findings(repository, head, after, message, blobs)
    if findings and head is not None and _may_amend(repository, environment):
        parent = repository.commit_id(f"{head}^")
        if not _findings(repository, parent, after, message, blobs):
            return MessageResult()
    return MessageResult(findings)


def _may_amend(repository: Repository, environment: Mapping[str, str]) -> bool:
    """Whether the commit may replace HEAD: git hands its hooks the author's date, which an amended commit keeps."""
    seconds = environment.get("GIT_AUTHOR_DATE", "").partition(" ")[0].removeprefix("@")
    return not seconds.isdigit() or seconds == repository.run_text("log", "-1", "--no-show-signature", "--format=%at")


def _findings(
    repository: Repository, before: str | None, after: Registry, message: str, blobs: FactsLoader
) -> tuple[Finding, ...]:
    tree = empty_tree(blobs) if before is None else commit_tree(repository, before, blobs)
    earlier = Registry(tree, ledger=NO_LEDGER if before is None else GitLedger(repository, before, before))
    rows = tuple(differences_of(repository, before or EMPTY_TREE[repository.object_format]))
    evaluations = change_of(repository, [rows], blobs.missing)
    change = Change(
        earlier,
        after,
        message,
        evaluations=evaluations,
        origin=_origin(repository, before, earlier),
        latest=latest_end(int(time.time())),
    )
    outcomes = judge_change(change)
    return tuple(outcome for outcome in outcomes if isinstance(outcome, Finding) and outcome.is_error)


def _origin(repository: Repository, before: str | None, registry: Registry) -> Origin | None:
    """What binds a commit that is made: the gate of the commit that it is made on."""
    if before is None:
        return None
    past = Past(repository, before)

    def was_current(model_id: str) -> bool:
        try:
            return past.was_current(model_id)
        except UnverifiedError:
            return True  # a shallow clone cannot tell, and CI will

    def last_current() -> str | None:
        try:
            return past.last_current()
        except UnverifiedError:
            return None

    return Origin(registry, was_current, last_current)


def _message(repository: Repository, path: str, environment: Mapping[str, str]) -> str:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            draft = file.read()
    except OSError as error:
        raise UsageError(
            f"{path}: {error.strerror}",
            "git passes the file of the message: install it as commit-msg",
            error_id=ErrorId.NO_SUCH_FILE,
        ) from error
    kind = repository.config("commit.cleanup") or "default"
    # git tells its hooks with GIT_EDITOR=: that no editor was opened (githooks(5)); then `#` begins no comment
    edited = environment.get("GIT_EDITOR") != ":"
    comment = repository.config("core.commentString") or repository.config("core.commentChar") or "#"
    return cleaned(draft, comment, comments=kind in ("strip", "scissors") or (kind == "default" and edited))
