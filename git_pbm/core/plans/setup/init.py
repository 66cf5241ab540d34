"""The plan of ``git pbm init``: the files that set up a models repository; what a person wrote stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from git_pbm.core.documents.commit_message import SET_UP, CommitMessage
from git_pbm.core.names import GITATTRIBUTES_PATH, README_PATH, REGISTRY_PATH, Role, role_of
from git_pbm.core.plans.check import overlay
from git_pbm.core.plans.derived_files import registry_text
from git_pbm.core.plans.plan import Edit, Plan, Restage, WriteText
from git_pbm.core.plans.setup.accepted_findings import with_allowances
from git_pbm.core.plans.setup.adopt import Adopted, Adoption, adopt
from git_pbm.core.plans.setup.templates import (
    AGENTS_BLOCK,
    AGENTS_MARKER,
    AGENTS_PATHS,
    CLAUDE_IMPORT,
    HOOKS_CONFIG_PATH,
    JSON_ATTRIBUTES,
    ONNX_STORED_BY_GIT,
    ONNX_STORED_BY_LFS,
    README,
    README_BLOCK,
    WORKFLOW_PATH,
    Release,
    hooks_config,
    renewed_agents,
    renewed_workflow,
    workflow,
)
from git_pbm.core.registry import readme_block as readme
from git_pbm.core.registry.facts import Facts
from git_pbm.core.registry.registry import Registry
from git_pbm.core.registry.snapshot import FileEntry

CANDIDATES = (GITATTRIBUTES_PATH, HOOKS_CONFIG_PATH, WORKFLOW_PATH, *AGENTS_PATHS, README_PATH)
"""The files that init may write, or add to."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a repository is to get.

    ``present`` are the texts of the :data:`CANDIDATES` that exist, ``untouchable`` those among them that init
    leaves alone (not committed, or no plain text file). ``in_lfs`` says whether the attributes send networks to
    Git LFS already, ``lfs`` whether they are to.
    """

    present: Mapping[str, str]
    untouchable: frozenset[str] = frozenset()
    hooks: Release | None = None
    in_lfs: bool = False
    lfs: bool = False
    adoption: Adoption | None = None

    def may_write(self, path: str) -> bool:
        """Whether a file may be written: nobody's work of today is in it."""
        return path not in self.untouchable


def plan_init(registry: Registry, wanted: Wanted) -> Plan | None:
    """The plan, or None where nothing is missing. Raises ``RefusedError`` for what cannot be adopted."""
    edits = (*_attributes(wanted), *_hooks(wanted), *_agents(wanted))
    adopted = Adopted()
    if wanted.adoption is not None:
        adopted = adopt(registry, wanted.adoption)
        edits = (*edits, *adopted.edits)
    elif not registry.exists:
        edits = (*edits, WriteText(REGISTRY_PATH, registry_text(registry, {}, None)))
    if wanted.lfs:
        edits = (*edits, *_restaged(registry, {edit.path for edit in edits}))
    edits = (*edits, *_readme(registry, wanted, edits), *adopted.last)
    if wanted.adoption is not None:
        edits, allowed = with_allowances(registry, edits, wanted.adoption.today)
        adopted = adopted.saying(allowed)
    if not edits:
        return None
    return Plan(edits, CommitMessage(SET_UP, "\n".join(adopted.report)), warnings=adopted.warnings)


def _attributes(wanted: Wanted) -> tuple[Edit, ...]:
    text = wanted.present.get(GITATTRIBUTES_PATH, "")
    lines = [*JSON_ATTRIBUTES]
    if wanted.lfs and not wanted.in_lfs:
        lines.insert(0, ONNX_STORED_BY_LFS)
    elif not wanted.in_lfs:
        lines.insert(0, ONNX_STORED_BY_GIT)
    return _added(GITATTRIBUTES_PATH, text, [line for line in lines if line not in text.splitlines()])


def _added(path: str, text: str, lines: list[str]) -> tuple[Edit, ...]:
    if not lines:
        return ()
    head = text if not text or text.endswith("\n") else f"{text}\n"
    line_end = "\r\n" if "\r\n" in text else "\n"
    return (WriteText(path, _bytes(head + "".join(f"{line}{line_end}" for line in lines))),)


def _hooks(wanted: Wanted) -> tuple[Edit, ...]:
    """The hooks' configuration and the workflow that runs it, where there is none, or an older workflow of ours."""
    if wanted.hooks is None:
        return ()
    texts = {
        HOOKS_CONFIG_PATH: hooks_config(wanted.hooks) if HOOKS_CONFIG_PATH not in wanted.present else None,
        WORKFLOW_PATH: renewed_workflow(wanted.present[WORKFLOW_PATH], wanted.hooks)
        if WORKFLOW_PATH in wanted.present
        else workflow(wanted.hooks),
    }
    return tuple(WriteText(path, _bytes(text)) for path, text in texts.items() if text and wanted.may_write(path))


def _agents(wanted: Wanted) -> tuple[Edit, ...]:
    """The block for coding agents: in each file for them that exists, else in a new one; an older one is renewed."""
    agents, claude = AGENTS_PATHS
    existing = [path for path in AGENTS_PATHS if path in wanted.present or not wanted.may_write(path)]
    if not existing:
        return (WriteText(agents, AGENTS_BLOCK.encode()), WriteText(claude, CLAUDE_IMPORT.encode()))
    edits = []
    for path in existing:
        text = wanted.present.get(path)
        reads_the_other = path == claude and agents in existing and text is not None and f"@{agents}" in text
        if text is None or reads_the_other or not wanted.may_write(path):
            continue
        renewed = renewed_agents(text) if AGENTS_MARKER in text else _paragraph(text) + AGENTS_BLOCK
        if renewed is not None:
            edits.append(WriteText(path, _bytes(renewed)))
    return tuple(edits)


def _readme(registry: Registry, wanted: Wanted, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """README.md with the block up to date: a new file, a new block at its end, or (adopting) the block that it has."""
    if not wanted.may_write(README_PATH):
        return ()
    text = wanted.present.get(README_PATH)
    begun = README if text is None else text
    if text is not None and not readme.has_block(text):
        if readme.MARKER_BEGIN in text or readme.MARKER_END in text:
            return ()  # somebody's unfinished block: the rules say what is wrong with it
        begun = f"{_paragraph(text)}## Models\n\n{README_BLOCK}"
    elif text is not None and wanted.adoption is None:
        return ()
    filled = readme.replace_block(begun, readme.block_of(Registry(overlay(registry.snapshot, edits))))
    return (WriteText(README_PATH, _bytes(filled)),) if filled is not None and filled != text else ()


def _restaged(registry: Registry, taken: set[str]) -> tuple[Edit, ...]:
    """Every registered network anew as Git LFS stores it; its bytes stay what they are."""
    edits = []
    for path, entry in registry.snapshot.entries.items():
        if role_of(path) is Role.NETWORK and isinstance(entry, FileEntry) and path not in taken:
            facts = registry.snapshot.facts(path)
            if isinstance(facts, Facts) and not facts.is_pointer:
                edits.append(Restage(path, facts))
    return tuple(edits)


def _paragraph(text: str) -> str:
    """A text after which a new paragraph may begin."""
    if not text:
        return ""
    return f"{text.rstrip()}\n\n"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
