"""One model as text."""

from __future__ import annotations

from git_pbm.operations.reading.show import ShowResult
from git_pbm.report.terminal import print_data, sanitize, styled
from git_pbm.report.text import write
from git_pbm.report.text.table import cell

_INDENT = " " * 18
"""Below the value, where it has several lines."""


@write.register
def write_show(result: ShowResult) -> None:
    """Print everything about one model."""
    view = result.view
    tag = cell(view.metadata.get("tag"))
    print_data(f"{styled(tag, 'strong')} ({view.model_id}){' ' + styled('current', 'good') if view.is_current else ''}")
    for name, value in view.metadata.items():
        if name == "files" and isinstance(value, dict):
            continue
        lines = list(map(sanitize, value.splitlines())) if isinstance(value, str) else [cell(value)]
        print_data(f"  {sanitize(name):<15} {f'{chr(10)}{_INDENT}'.join(lines)}".rstrip())
    files = view.metadata.get("files")
    for name, record in files.items() if isinstance(files, dict) else ():
        size = record.get("size") if isinstance(record, dict) else None
        sha256 = record.get("sha256") if isinstance(record, dict) else None
        print_data(f"  {sanitize(name):<15} {cell(size)} bytes, sha256 {cell(sha256)[:16]}...")
    for name, network in result.networks.items():
        print_data(f"  {sanitize(name)}: {network.parameters} parameters, producer {sanitize(network.producer) or '-'}")
        print_data(f"    in   {', '.join(sanitize(str(port)) for port in network.inputs)}")
        print_data(f"    out  {', '.join(sanitize(str(port)) for port in network.outputs)}")
    if view.problem:
        print_data(f"  {view.problem}: see git pbm check")
