"""Top-level constants of programs (Python, JavaScript, TypeScript) that name an account, region, table or bucket.

Only ``NAME = "text"`` at the beginning of a line is read; nothing of the language is known besides.
"""

import re

from tflint_locks.facts import Name, ScriptFile
from tflint_locks.read.remarks import line_remarks
from tflint_locks.regex import regex
from tflint_locks.source import Span
from tflint_locks.value import literal

_CONSTANT = regex(
    r"^(?:export[ \t]{1,8})?(?:const[ \t]{1,8}|let[ \t]{1,8}|var[ \t]{1,8}|readonly[ \t]{1,8})?"
    r"([A-Z][A-Z0-9_]{3,60})(?:[ \t]{0,4}:[ \t]{0,4}[A-Za-z]{1,20})?[ \t]{0,8}=[ \t]{0,8}"
    r"([\"'])([^\"'\n\\${}]{1,300})\2[ \t;,]{0,8}(?:(?:#|//)[^\n]*)?\r?$",
    re.MULTILINE,
)
_SPEAKS = regex(r"ACCOUNT|REGION|TABLE|BUCKET|STATE|LOCK")
_SECRET = regex(r"SECRET|TOKEN|PASSWORD|ACCESS|CREDENTIAL|PRIVATE")


def read_constants(path: str, text: str) -> ScriptFile:
    """Read the constants of a program; never raises."""
    names = [
        Name(name, literal(value, Span(path, *found.span(3))), Span(path, *found.span(3)), path)
        for found in _CONSTANT.finditer(text)
        for name, value in [(found.group(1), found.group(3))]
        if _SPEAKS.search(name) and not _SECRET.search(name)
    ]
    return ScriptFile(path, (), (), tuple(names), line_remarks(path, text), (), kind="settings")
