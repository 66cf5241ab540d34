"""The order in which models were added, by the subjects of git pbm's own commits."""

from __future__ import annotations

import os
from collections.abc import Mapping

from git_pbm.core.documents.commit_message import parse_subject
from git_pbm.gitio.repository import Repository


def places_of_adds(repository: Repository) -> Mapping[str, int]:
    """Return the place of each model in the order of their adds; those that came in another way are not there."""
    argv = ("log", "--no-show-signature", "--encoding=UTF-8", "--format=%s", "-F", "--grep=feat: add ", "HEAD")
    subjects = os.fsdecode(repository.try_run(*argv) or b"").splitlines()
    named = [named for subject in reversed(subjects) if (named := parse_subject(subject)) and named.verb == "add"]
    return {one.model_id: place for place, one in enumerate(named)}
