"""``git pbm init``: makes a folder a models repository, with one commit; never overwrites what is there."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass

from git_pbm import __version__
from git_pbm.core.names import README_PATH
from git_pbm.core.planning.init import (
    GITATTRIBUTES_PATH,
    HOOK_TYPES,
    HOOKS_CONFIG_PATH,
    hooks_config,
    hooks_lines,
    plan_init,
)
from git_pbm.errors import RefusedError
from git_pbm.operations.change import Changed, Site, Wishes, carry_out, new_staging, site
from git_pbm.operations.deployment import ENGINE_KEY
from git_pbm.store.deploy import refuse_registry
from git_pbm.store.git import Repository
from git_pbm.store.recover import leave_staging

HOOKS_REPOSITORY = "https://github.com/git-pbm/git-pbm"
_USUAL_ENGINE = "../polite-betrayal/engine/models"


@dataclass(frozen=True, slots=True)
class Founded:
    """What was done and what is left to do. ``changed`` is None where nothing was missing."""

    changed: Changed | None
    engine: str | None
    hooks_installed: bool
    left: tuple[str, ...]


def init(repository: Repository, *, engine: str | None, hooks: bool, hooks_repository: str | None) -> Founded:
    """Set up a models repository. ``engine`` is a folder as the person typed it, relative to where he stands."""
    place_of_engine = os.path.abspath(engine) if engine is not None else None
    if place_of_engine is not None:
        refuse_registry(place_of_engine)
        if not os.path.isdir(place_of_engine):
            raise RefusedError(f"{engine}: no such folder", f"mkdir -p {engine}")
    wishes = Wishes(verify=False, deploy=False)
    lines = (__version__, hooks_repository or HOOKS_REPOSITORY)
    staging = new_staging(repository)
    try:
        with site(repository, wishes, staging, founding=True) as place:
            present = _present(place)
            plan = plan_init(place.registry, present, hooks_config(*lines) if hooks else None)
            changed = carry_out(place, plan, wishes, "init") if plan else None
    finally:
        leave_staging(repository, staging)
    if place_of_engine is not None:
        repository.ask("config", ENGINE_KEY, place_of_engine)
    left = []
    configured = HOOKS_CONFIG_PATH not in present or "pbm-verify" in present[HOOKS_CONFIG_PATH]
    if hooks and not configured:
        left.append(f"add to {HOOKS_CONFIG_PATH}, below repos:\n{hooks_lines(*lines)}")
    installed = hooks and configured and _install_hooks(repository, left)
    if place_of_engine is None and repository.config(ENGINE_KEY) is None:
        left.append(_engine_hint(repository))
    return Founded(changed, place_of_engine or repository.config_path(ENGINE_KEY), installed, tuple(left))


def _present(place: Site) -> dict[str, str]:
    """The texts of our files as HEAD has them; refuses ones that lie there uncommitted."""
    repository = place.work.repository
    found: dict[str, str] = {}
    for path in (GITATTRIBUTES_PATH, HOOKS_CONFIG_PATH, README_PATH):
        blob = repository.try_ask("cat-file", "blob", f"HEAD:{path}")
        if blob is not None:
            found[path] = blob.decode("utf-8", "surrogateescape")
        elif os.path.lexists(os.path.join(repository.folder, path)):
            raise RefusedError(
                f"{path} is there and not committed; init would have to touch it",
                f"git add {path}; git commit",
            )
    if repository.history("status", "--porcelain", "-z", "--", GITATTRIBUTES_PATH):
        raise RefusedError(f"{GITATTRIBUTES_PATH} differs from HEAD; the change would ride along", "commit it first")
    return found


def _install_hooks(repository: Repository, left: list[str]) -> bool:
    """Run ``pre-commit install``, the one program besides git that init starts; it must be on PATH."""
    program = shutil.which("pre-commit")
    if program is None:
        left.append("install the hooks: pip install pre-commit, then: pre-commit install")
        return False
    types = [word for kind in HOOK_TYPES for word in ("--hook-type", kind)]
    done = subprocess.run(
        [program, "install", *types],
        cwd=repository.folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        words = (done.stdout + done.stderr).strip().splitlines()
        left.append(f"install the hooks ({words[0] if words else 'it failed'}): pre-commit install")
    return done.returncode == 0


def _engine_hint(repository: Repository) -> str:
    usual = os.path.normpath(os.path.join(repository.folder, _USUAL_ENGINE))
    folder = usual if os.path.isdir(usual) else "DIR"
    return f"where the engine reads its models, if anywhere: git config {ENGINE_KEY} {folder}"
