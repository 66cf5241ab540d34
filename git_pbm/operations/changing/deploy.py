"""``git pbm deploy`` and ``deploy --check``: what an engine's folder holds, and whether that is the model."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from git_pbm.core.names import RECEIPT_NAME, network_kind
from git_pbm.deployment.engine_folder import read_receipt, refuse_registry
from git_pbm.errors import ErrorId, ExitCode, RefusedError, UsageError
from git_pbm.fs.path_state import ABSENT, PathState, read_state
from git_pbm.gitio.repository import Repository
from git_pbm.operations.deployment import ENGINE_KEY, DeployResult, deploy_model, deployable_of, engine_of
from git_pbm.operations.engine_names import NAMES_KEY, engine_names
from git_pbm.operations.lookup import read_registry, resolve
from git_pbm.operations.reading.which import Known, known_files, whole_registry
from git_pbm.operations.result import Result


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing wrong in an engine's folder: the file, a word for it, and a sentence."""

    path: str
    kind: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployCheckResult(Result):
    """What ``deploy --check`` found: the model that should be there, the folder, and its flaws."""

    model_id: str
    tag: str
    folder: str
    flaws: tuple[Mismatch, ...]

    @property
    def exit_code(self) -> ExitCode:
        """1 where the folder holds something else."""
        return ExitCode.FINDINGS if self.flaws else ExitCode.OK


def target_folder(repository: Repository, said: str | None) -> str:
    """The folder to deploy to: as said (relative to where the person stands), else the configured one."""
    folder = os.path.abspath(said) if said is not None else engine_of(repository)
    if folder is None:
        raise UsageError(
            "no engine folder is configured",
            f"say --to DIR, or: git config {ENGINE_KEY} DIR",
            error_id=ErrorId.NO_ENGINE_FOLDER,
        )
    return folder


def deploy(repository: Repository, model: str, to: str | None, *, force: bool, wait: float) -> DeployResult:
    """Copy a model of HEAD into the engine's folder."""
    folder = target_folder(repository, to)
    registry = read_registry(repository, revision="HEAD")
    return deploy_model(repository, resolve(repository, registry, model), folder, wait, force=force)


def inspect(repository: Repository, model: str, to: str | None) -> DeployCheckResult:
    """Compare the engine's folder with a model, byte for byte."""
    folder = target_folder(repository, to)
    if not os.path.isdir(folder):
        place = shlex.quote(folder)
        raise RefusedError(
            f"{folder}: no such folder",
            f"mkdir -p {place}; git pbm deploy {model} --to {place}",
            error_id=ErrorId.NO_ENGINE_FOLDER,
        )
    refuse_registry(folder)
    registry = whole_registry(repository)
    model_id = resolve(repository, registry, model)
    wanted = deployable_of(repository, registry.models[model_id], "")
    index = known_files(registry)
    expected = {name: state for name, (_, state) in wanted.files.items()}
    flaws = [flaw for name in _network_names(folder, expected) if (flaw := _flaw(folder, name, expected, index))]
    flaws += _receipt_flaws(folder, model_id)
    why = f"the engine loads it (git config {NAMES_KEY}), and {model_id} has none"
    lacking = (name for name in engine_names(repository) if name not in expected)
    flaws += [Mismatch(os.path.join(folder, name), "names", why) for name in lacking]
    return DeployCheckResult(model_id=model_id, tag=wanted.tag, folder=folder, flaws=tuple(flaws))


def _network_names(folder: str, expected: Mapping[str, PathState]) -> list[str]:
    return sorted({*expected, *(name for name in os.listdir(folder) if network_kind(name))})


def _flaw(
    folder: str, name: str, expected: Mapping[str, PathState], index: Mapping[str, tuple[Known, ...]]
) -> Mismatch | None:
    path = os.path.join(folder, name)
    if os.path.islink(path):
        return Mismatch(path, "link", f"a link to {os.readlink(path)}: a copy into the engine would write through it")
    state = read_state(path)
    if state == ABSENT:
        return Mismatch(path, "missing", "it is not there")
    if state == expected.get(name):
        return None
    known = index.get(state.sha256)
    if known:
        return Mismatch(path, "stale", f"it is {known[0].tag}'s {known[0].name} ({known[0].model_id})")
    receipt = read_receipt(folder)
    if receipt is not None and name in receipt.files:
        return Mismatch(path, "edited", f"it was changed since {receipt.tag} was deployed")
    return Mismatch(path, "foreign", "no model of this registry has these bytes")


def _receipt_flaws(folder: str, model_id: str) -> list[Mismatch]:
    path, receipt = os.path.join(folder, RECEIPT_NAME), read_receipt(folder)
    if receipt is None:
        return [Mismatch(path, "receipt", "the receipt is missing: nobody knows what was deployed here")]
    if receipt.model_id != model_id:
        return [Mismatch(path, "receipt", f"it says that {receipt.tag} ({receipt.model_id}) was deployed")]
    return []
