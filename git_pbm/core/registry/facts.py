"""What is known about the bytes of one file, gathered in one forward pass; it never learns where they lie."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from git_pbm.core.documents import lfs_pointer as lfs
from git_pbm.core.documents.metadata import METADATA_LIMIT
from git_pbm.core.documents.registry_document import REGISTRY_LIMIT
from git_pbm.core.documents.schema import SchemaProblem
from git_pbm.core.documents.strict_json import DocumentProblem, JsonValue, read_json
from git_pbm.core.names import Role
from git_pbm.core.onnx import OnnxProblem, OnnxReader, OnnxSummary

FACTS_VERSION = 2
"""Raised whenever the same bytes would give other facts, so that remembered ones are forgotten."""

SCHEMA_OF = {Role.METADATA: "metadata.schema.json", Role.REGISTRY: "registry.schema.json"}
TEXT_LIMIT = 16 << 20
"""Bytes of a README or of ``.pbm.toml``; longer ones are nobody's but their author's."""
_LIMIT_OF = {Role.METADATA: METADATA_LIMIT, Role.REGISTRY: REGISTRY_LIMIT, Role.TEXT: TEXT_LIMIT}


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts about one file's bytes.

    ``sha256`` and ``size`` (bytes) describe the content; for a Git LFS pointer they are the ones it states,
    and ``is_pointer`` says so. ``schema_problems`` is None where nobody asked for validation.
    """

    sha256: str
    size: int
    is_pointer: bool = False
    onnx: OnnxSummary | None = None
    onnx_problem: str | None = None
    document: JsonValue = None
    document_problem: str | None = None
    schema_problems: tuple[SchemaProblem, ...] | None = None
    text: str | None = None
    """None for a text longer than what is kept: half of it must not be taken for the whole."""

    @property
    def is_content_here(self) -> bool:
        """Whether the content was walked; of a pointer alone only digest and size are known."""
        return not self.is_pointer or self.onnx is not None or self.onnx_problem is not None

    @property
    def is_document(self) -> bool:
        """Whether the bytes were read as strict JSON without a problem."""
        return self.document_problem is None


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Facts that cannot be had: this clone lacks the object that the tree has at ``path``."""

    object_id: str
    path: str = ""


class FactsReader:
    """Takes the bytes of one file, piece by piece, and gives its facts; memory does not grow with a network."""

    def __init__(self, role: Role) -> None:
        self._role = role
        self._digest = hashlib.sha256()
        self._size = 0
        self._kept = bytearray()
        self._keep = lfs.POINTER_LIMIT if role is Role.NETWORK else _LIMIT_OF.get(role, 0)
        self._onnx = OnnxReader() if role is Role.NETWORK else None

    def feed(self, chunk: bytes | bytearray | memoryview) -> None:
        """Take the next bytes."""
        self._digest.update(chunk)
        self._size += len(chunk)
        missing = self._keep + 1 - len(self._kept)
        if missing > 0:
            self._kept += chunk[:missing]
        if self._onnx is not None:
            self._onnx.feed(chunk)

    @property
    def is_hopeless(self) -> bool:
        """Whether what was fed can no longer become a network, whatever follows."""
        return self._onnx is not None and self._onnx.has_failed

    def finish(self) -> Facts:
        """The facts about everything that was fed. Schemas are not consulted: see :func:`validated`."""
        facts = Facts(self._digest.hexdigest(), self._size)
        if self._onnx is not None:
            return self._network_facts(facts, self._onnx)
        if self._role in SCHEMA_OF:
            try:
                document = read_json(bytes(self._kept), _LIMIT_OF[self._role])
            except DocumentProblem as problem:
                return replace(facts, document_problem=str(problem))
            return replace(facts, document=document)
        if self._role is Role.TEXT and self._size <= self._keep:
            return replace(facts, text=self._kept.decode("utf-8", "surrogateescape"))
        return facts

    def _network_facts(self, facts: Facts, reader: OnnxReader) -> Facts:
        if self._size <= lfs.POINTER_LIMIT:
            pointer = lfs.parse_pointer(bytes(self._kept))
            if pointer is not None:
                return Facts(pointer.sha256, pointer.size, is_pointer=True)
        outcome = reader.finish()
        if isinstance(outcome, OnnxProblem):
            return replace(facts, onnx_problem=outcome.diagnosis)
        return replace(facts, onnx=outcome)


def gather(role: Role, chunks: Iterable[bytes]) -> Facts:
    """The facts about a whole file given as pieces."""
    reader = FactsReader(role)
    for chunk in chunks:
        reader.feed(chunk)
    return reader.finish()


def validated(facts: Facts, role: Role) -> Facts:
    """The same facts with the verdict of the role's JSON Schema; unchanged where no schema applies."""
    if role not in SCHEMA_OF or not facts.is_document or facts.schema_problems is not None:
        return facts
    from git_pbm.core.documents import schema

    return replace(facts, schema_problems=schema.problems(facts.document, schema.load(SCHEMA_OF[role])))


def facts_to_json(facts: Facts) -> dict[str, JsonValue]:
    """Plain JSON for a store that remembers facts; the inverse of :func:`facts_from_json`."""
    record: dict[str, JsonValue] = {"sha256": facts.sha256, "size": facts.size}
    if facts.is_pointer:
        record["pointer"] = True
    if facts.onnx is not None:
        record["onnx"] = facts.onnx.to_json()
    if facts.onnx_problem is not None:
        record["onnx_problem"] = facts.onnx_problem
    if facts.document is not None:
        record["document"] = facts.document
    if facts.document_problem is not None:
        record["document_problem"] = facts.document_problem
    if facts.schema_problems is not None:
        record["schema"] = [[problem.place, problem.found, problem.message] for problem in facts.schema_problems]
    if facts.text is not None:
        record["text"] = facts.text
    return record


def facts_from_json(record: Mapping[str, JsonValue]) -> Facts:
    """Facts that :func:`facts_to_json` wrote. Raises ``ValueError`` where the record has another shape."""
    sha256, size, onnx = record.get("sha256"), record.get("size"), record.get("onnx")
    if not isinstance(sha256, str) or not isinstance(size, int):
        raise ValueError("a record of facts without digest or size")
    return Facts(
        sha256,
        size,
        record.get("pointer") is True,
        OnnxSummary.from_json(onnx) if isinstance(onnx, dict) else None,
        _text_or_none(record.get("onnx_problem")),
        record.get("document"),
        _text_or_none(record.get("document_problem")),
        _schema_problems(record.get("schema")),
        _text_or_none(record.get("text")),
    )


def _text_or_none(value: JsonValue) -> str | None:
    return value if isinstance(value, str) else None


def _schema_problems(value: JsonValue) -> tuple[SchemaProblem, ...] | None:
    if not isinstance(value, list):
        return None
    problems = []
    for row in value:
        if not isinstance(row, list) or len(row) != 3:
            raise ValueError("a record of schema problems of another shape")
        place, found, message = row
        problems.append(SchemaProblem(str(place), str(found), str(message)))
    return tuple(problems)
