"""Rules about the networks themselves, and about what git does to their bytes."""

from __future__ import annotations

from collections.abc import Iterator

from git_pbm.core.findings import NotInspected
from git_pbm.core.names import GITATTRIBUTES_PATH, METADATA_NAME, count_as_text
from git_pbm.core.registry.facts import Facts, Unavailable
from git_pbm.core.registry.model import Model
from git_pbm.core.rules.rule import Problem, Remark
from git_pbm.core.rules.view import View


def onnx_is_a_model(model: Model) -> Iterator[Remark]:
    """Every network file is one whole ONNX model.

    A truncated download, a zip of a checkpoint, an HTML log-in page or a file whose line ends were converted
    has a hash like any other file, and fails only when the engine loads it.

    Neutral where the content is in Git LFS and not here.

    To fix it: export or download the model again and register it; the message says what the file looks like.
    """
    for name in model.networks:
        path, facts = model.path_of(name), model.facts(name)
        if isinstance(facts, Unavailable):
            yield facts
        elif facts is not None and not facts.is_content_here:
            yield NotInspected(path)
        elif facts is not None and facts.onnx_problem is not None:
            yield Problem(
                path,
                facts.sha256,
                f"not a usable ONNX model: {facts.onnx_problem}",
                f"put the right bytes back, or remove the model: git log --oneline -- {path}",
            )


def onnx_is_self_contained(model: Model) -> Iterator[Remark]:
    """All weights of a network lie inside its file.

    Exporters may put weights beside the graph (`policy_v2.onnx.data`). Then the graph's hash does not name
    the weights: two different models would have one identity, and a deployment would copy half a model.

    To fix it: export one file (torch: `external_data=False`) and register it.
    """
    for name in model.networks:
        facts = model.facts(name)
        if isinstance(facts, Facts) and facts.onnx is not None and facts.onnx.external_data:
            names = ", ".join(facts.onnx.external_data[:3])
            yield Problem(
                model.path_of(name),
                facts.sha256,
                f"weights lie outside the file ({names}), so its hash does not name them",
                "export one file (torch.onnx.export(..., external_data=False)) and add it: git pbm add",
            )


def params_agree(model: Model) -> Iterator[Remark]:
    """`params` in metadata.json is what the policy's graph holds.

    A wrong count is harmless in itself, and a good sign that metadata was copied from another model.

    A warning, because people round as they like. Holds where `params` is well-formed.

    To fix it: `git pbm annotate MODEL --params COUNT`.
    """
    facts = model.facts(model.policy) if model.policy else None
    if not isinstance(facts, Facts) or facts.onnx is None:
        return
    if model.metadata is None or not model.field_is_valid("params"):
        return
    counted = count_as_text(facts.onnx.parameters)
    if counted != model.metadata.params:
        yield Problem(
            model.path_of(METADATA_NAME),
            model.metadata.params,
            f"`params` is {model.metadata.params}, the policy has {counted} ({facts.onnx.parameters})",
            f"git pbm annotate {model.metadata.tag or model.name} --params {counted}",
        )


def onnx_is_binary(view: View) -> Iterator[Remark]:
    """Git attributes keep git from converting the bytes of network files.

    Without `-text` git may turn line ends inside weights, by each clone's own configuration: the file in one
    clone would not be the file in another, and its hash would not hold.

    To fix it: the line `*.onnx -text -diff -merge -delta` in .gitattributes.
    """
    specified = view.registry.snapshot.attributes(view.networks)
    if isinstance(specified, Unavailable):
        yield specified
        return
    states: dict[str, list[str]] = {}
    for path, attributes in specified.items():
        state = _conversion({**attributes})
        if state:
            states.setdefault(state, []).append(path)
    for state, converted in states.items():
        count = f" and {len(converted) - 1} more" if len(converted) > 1 else ""
        yield Problem(
            GITATTRIBUTES_PATH,
            state,
            f"git may convert the bytes of {converted[0]}{count} ({state})",
            "add to .gitattributes: *.onnx -text -diff -merge -delta",
        )


def _conversion(attributes: dict[str, str]) -> str | None:
    """Which attribute lets git convert bytes; None where none does. LFS's filter keeps them as they are."""
    if attributes.get("text") != "unset":
        return f"text: {attributes.get('text', 'unspecified')}"
    if attributes.get("filter", "unset") not in ("lfs", "unset"):
        return f"filter: {attributes['filter']}"
    for name in ("working-tree-encoding", "ident"):
        if attributes.get(name, "unset") != "unset":
            return f"{name}: {attributes[name]}"
    return None


def lfs_is_pointer(view: View) -> Iterator[Remark]:
    """What the attributes send to Git LFS is an LFS pointer in the tree.

    In a clone where `git lfs install` never ran, git stores the raw bytes without a word: the repository
    grows by every model, and every other clone shows the file as modified for ever.

    To fix it: `git lfs install`, then `git rm --cached FILE` and `git add FILE`.
    """
    facts_of = view.registry.snapshot.facts
    raw = [path for path in view.networks if isinstance(facts := facts_of(path), Facts) and not facts.is_pointer]
    specified = view.registry.snapshot.attributes(sorted(raw))
    if isinstance(specified, Unavailable):
        yield specified
        return
    for path, attributes in specified.items():
        if attributes.get("filter") == "lfs":
            yield Problem(
                path,
                "raw bytes",
                "the attributes send it to Git LFS, and the tree holds its raw bytes",
                f"git lfs install; git rm --cached {path}; git add {path}",
            )
