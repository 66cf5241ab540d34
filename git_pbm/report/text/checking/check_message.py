"""What the commit-msg hook found, as text."""

from __future__ import annotations

from git_pbm.operations.checking.check_message import MessageResult
from git_pbm.report.terminal import print_data
from git_pbm.report.text import write
from git_pbm.report.text.findings import text_line


@write.register
def write_message(checked: MessageResult) -> None:
    """Print what the hook has to say; nothing where all is well."""
    for finding in checked.findings:
        print_data(text_line(finding))
    if checked.findings:
        print_data("in this commit; git pbm explain RULE tells why a rule exists")
