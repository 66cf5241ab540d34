"""The names a registry uses: ids, tags, file names and every path; text in, verdicts out."""

from __future__ import annotations

import re
from enum import Enum, StrEnum

REGISTRY_PATH = "registry.json"
MODELS_PATH = "models"
CURRENT_PATH = "current"
README_PATH = "README.md"
ALLOWANCES_PATH = ".pbm.toml"
EVALUATIONS_PATH = "evals"
GITATTRIBUTES_PATH = ".gitattributes"
REGISTRY_PATHS = (REGISTRY_PATH, MODELS_PATH, CURRENT_PATH, README_PATH, ALLOWANCES_PATH)
"""Everything that belongs to a registry, as git path specs from the top of the work tree."""
LISTED_PATHS = (*REGISTRY_PATHS, GITATTRIBUTES_PATH)
"""What is listed of a tree: the registry, and what says how git treats its bytes."""
METADATA_NAME = "metadata.json"
RECEIPT_NAME = ".pbm-deploy.json"

ID_DIGITS = 8
HASH_DIGITS = 64
DEFAULT_VERSION = 2
"""N of ``policy_v<N>.onnx`` where the source's own name does not say it."""
SUPERVISED, RL = TRAININGS = ("supervised", "rl_selfplay")

_ID = re.compile(r"[0-9a-f]{8}")
_HASH = re.compile(r"[0-9a-f]{64}")
_TAG = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_HEX_ALONE = re.compile(r"[0-9a-f]{4,}")
_SUPERVISED_TAG = re.compile(r"supervised-v([1-9][0-9]{0,8})")
_RL_TAG = re.compile(r"rl-r([1-9][0-9]{0,8})-i([1-9][0-9]{0,8})")
_CURRENT_TARGET = re.compile(r"models/([0-9a-f]{8})")

TAG_GRAMMAR = (
    "1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit; "
    "no '..', no final '.lock', not 'current', and not 4 or more hex digits alone"
)


class NetworkRole(StrEnum):
    """What a network of a model answers; it begins the network's file name. A policy names its model."""

    POLICY = "policy"
    VALUE = "value"


_NETWORK = re.compile(rf"({'|'.join(NetworkRole)})_v([0-9]{{1,9}})\.onnx")
NETWORK_PATTERNS = tuple(f"{role}_v<N>.onnx" for role in NetworkRole)
"""How networks are named, as messages say it."""


class Role(Enum):
    """What a file of a registry is for; it decides which facts are gathered about its bytes."""

    NETWORK = "network"
    METADATA = "metadata"
    REGISTRY = "registry"
    TEXT = "text"
    OTHER = "other"


def is_id(text: str) -> bool:
    """Whether ``text`` is a model's id: exactly 8 lower-case hex digits."""
    return _ID.fullmatch(text) is not None


def is_hash(text: str) -> bool:
    """Whether ``text`` is a full SHA-256: exactly 64 lower-case hex digits."""
    return _HASH.fullmatch(text) is not None


def tag_problem(text: str) -> str | None:
    """Why ``text`` cannot be a tag, or None where it can."""
    if _TAG.fullmatch(text) is None:
        return f"a tag is {TAG_GRAMMAR}"
    if ".." in text:
        return "a tag holds no '..' (git pbm writes A..B for a range)"
    if text.endswith(".lock"):
        return "a tag does not end in '.lock' (git's own lock files do)"
    if text == CURRENT_PATH:
        return "'current' already names the promoted model"
    if _HEX_ALONE.fullmatch(text):
        return "4 or more hex digits alone would read as a model's id"
    return None


def rl_numbers(tag: str) -> tuple[int, int] | None:
    """Round and iteration of an ``rl-r<round>-i<iteration>`` tag; None for any other tag."""
    match = _RL_TAG.fullmatch(tag)
    return (int(match[1]), int(match[2])) if match else None


def is_supervised_tag(tag: str) -> bool:
    """Whether ``tag`` follows the convention ``supervised-v<N>``."""
    return _SUPERVISED_TAG.fullmatch(tag) is not None


def training_of(tag: str) -> str | None:
    """How a model was trained, by the convention of its tag; None for a tag that follows none."""
    if rl_numbers(tag) is not None:
        return RL
    return SUPERVISED if is_supervised_tag(tag) else None


def network_kind(name: str) -> tuple[NetworkRole, int] | None:
    """Role and N of a file name like ``policy_v2.onnx``; None for any other name."""
    match = _NETWORK.fullmatch(name)
    return (NetworkRole(match[1]), int(match[2])) if match else None


def has_role(name: str, role: NetworkRole) -> bool:
    """Whether a file name is that of a network with this role."""
    kind = network_kind(name)
    return kind is not None and kind[0] is role


def hinted_role(name: str) -> NetworkRole | None:
    """What the name of an ONNX file outside the models says it is: ``policy-best.onnx``; None where it says nothing."""
    return next((role for role in NetworkRole if name.startswith(role) and name.endswith(".onnx")), None)


def network_name(role: NetworkRole, version: int) -> str:
    """The file name of a network: ``policy_v2.onnx``."""
    return f"{role}_v{version}.onnx"


def model_path(model_id: str) -> str:
    """The directory of a model; ``model_id`` must be a valid id."""
    if not is_id(model_id):
        raise ValueError(f"not a model id: {model_id!r}")
    return f"{MODELS_PATH}/{model_id}"


def metadata_path(model_id: str) -> str:
    """The path of a model's metadata; ``model_id`` must be a valid id."""
    return f"{model_path(model_id)}/{METADATA_NAME}"


def current_target_id(target: str) -> str | None:
    """The id that the text of the ``current`` link names; None where it is not exactly ``models/<id>``."""
    match = _CURRENT_TARGET.fullmatch(target)
    return match[1] if match else None


def role_of(path: str) -> Role:
    """What the file at ``path`` (relative to the registry's root) is for."""
    if path == REGISTRY_PATH:
        return Role.REGISTRY
    if path in (README_PATH, ALLOWANCES_PATH):
        return Role.TEXT
    if path.startswith(f"{MODELS_PATH}/"):
        name = path.rpartition("/")[2]
        if name == METADATA_NAME:
            return Role.METADATA
        if name.endswith(".onnx"):
            return Role.NETWORK
    return Role.OTHER


def count_as_text(parameters: int) -> str:
    """A parameter count as people write it: ``999``, ``812.4K``, ``15.36M``, ``1.25B``.

    The unit is chosen after rounding, so 999,950 is ``1.00M`` and never ``1000.0K``.
    """
    if parameters < 1000:
        return str(parameters)
    thousands = (parameters + 50) // 100
    if thousands < 10_000:
        return f"{thousands // 10}.{thousands % 10}K"
    millions, billions = (parameters + 5_000) // 10_000, (parameters + 5_000_000) // 10_000_000  # in hundredths
    hundredths, unit = (millions, "M") if millions < 100_000 else (billions, "B")
    return f"{hundredths // 100}.{hundredths % 100:02d}{unit}"
