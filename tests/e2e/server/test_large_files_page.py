"""Every command of ``docs/guides/large-files.md``, in the page's order, against real servers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.e2e.server.giftless import Server, serving
from tests.e2e.server.test_lfs_server import giftless, server
from tests.support.machine import Machine

pytestmark = pytest.mark.server
__all__ = ["giftless", "server"]
PAGE = (Path(__file__).parents[3] / "docs/guides/large-files.md").read_text()
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)


def test_the_page_does_what_it_says(registry: Machine, server: Server, giftless: Path) -> None:
    machine = registry.at(registry.folder.parent)
    machine.git("init", "-q", "--bare", "origin.git")
    (machine.folder / "engine").mkdir()
    origin = f"file://{machine.folder}/origin.git"
    registry.git("remote", "add", "origin", origin)
    registry.git("config", "--global", "lfs.locksverify", "false")
    with serving(giftless, machine.folder / "second-server") as second:
        addresses = {
            "https://lfs.example.org/lab/models.git/info/lfs": server.url,
            "https://lfs2.example.org/lab/models.git/info/lfs": second.url,
            "https://git.example.org/lab/models.git": origin,
        }
        script = "".join(BLOCKS)
        for name, address in addresses.items():
            assert name in script
            script = script.replace(name, address)
        done = registry.run("bash", "-eux", "-c", script)
        assert done.status == 0, done.out + done.err
        assert server.objects() == second.objects()
        assert len(server.objects()) == 4
    assert sorted(path.name for path in (machine.folder / "engine").glob("*.onnx")) == [
        "policy_v2.onnx",
        "value_v2.onnx",
    ]
    clone = registry.at(machine.folder / "clone")
    assert "rl-r1-i1" in clone.pbm("deploy", "--check", "--to", "../engine").out
