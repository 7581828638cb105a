"""Inputs that made other readers slow or crash: each ends, with the right result.

No clock decides: a reader of quadratic time would need minutes to hours for these sizes and not end the test run.
"""

from __future__ import annotations

import pytest

from tflint_locks.hcl import check, parse

SOUND = {
    "many attributes": "".join(f'key_{number} = "value {number}"\n' for number in range(100_000)),
    "list of strings": "a = [\n" + '"xxxxxxxxxx",\n' * 100_000 + "]\n",
    "map of objects": "a = {\n" + "".join(f'k{n} = {{\n x = 1\n y = "z"\n}}\n' for n in range(20_000)) + "}\n",
    "long string": 'a = "' + "x" * 5_000_000 + '"\n',
    "long heredoc": "a = <<EOT\n" + "some text $ here % {\n" * 250_000 + "EOT\n",
    "heredoc of words": "a = <<EOT\n" + "foo\n" * 300_000 + "EOT\n",
    "heredoc of blanks": "a = <<EOT\n" + (" " * 1000 + "\n") * 3000 + "EOT\n",
    "markers of many kinds": "".join(f"a{number} = <<E{number}\nx\nE{number}\n" for number in range(20_000)),
    "interpolations": 'a = "' + "${y}" * 100_000 + '"\n',
    "line breaks": "\n" * 1_000_000,
    "blanks": "a = " + " " * 1_000_000 + "1\n",
    "nothing but blanks": " " * 1_000_000,
    "dollars": 'a = "' + "$" * 1_000_000 + '"\n',
    "escaped dollar": 'a = "' + "$" * 1_000_000 + '{x}"\n',
    "sum": "a = 1" + " + 1" * 20_000 + "\n",
    "negations": "a = " + "!" * 100_000 + "x\n",
    "traversal": "a = x" + ".y" * 100_000 + "\n",
    "conditionals": "a = " + "x ? y : " * 30_000 + "z\n",
    "directives": 'a = "' + "%{if x}" * 20_000 + "%{endif}" * 20_000 + '"\n',
    "comments": "a = " + "/* x */ " * 100_000 + "1\n",
    "strings and signs": 'a = "' + "x$ %y\\\\n" * 200_000 + '"\n',
    "strings with escapes": "a = [\n" + '"x\\\\y",\n' * 100_000 + "]\n",
    "stars": "a = /" + "*" * 1_000_000 + "/ 1 /" + "* " * 500_000 + "*/\n",
    "labels": "a " + '"x" ' * 100_000 + "{}\n",
    "nested lists": "a = " + "[" * 199 + "]" * 199 + "\n",
}
UNSOUND = {
    "10,000 nested lists": ("a = " + "[" * 10_000 + "]" * 10_000, "expression nested too deeply"),
    "open lists": ("a = " + "[" * 100_000, "unclosed bracket"),
    "nested templates": ('a = "' + '${"' * 20_000 + '"}' * 20_000 + '"', "expression nested too deeply"),
    "open blocks": ("a {\n" * 100_000, "unclosed configuration block"),
    "closed blocks": ("}\n" * 200_000, "unexpected closing brace"),
    "open heredoc": ("a = <<EOT\n" + "x\n" * 500_000, "heredoc has no closing marker"),
    "open heredocs": ("".join(f"a{n} = <<E{n}\nx\n" for n in range(30_000)), "heredoc has no closing marker"),
    "open comments": ("a = 1 /* \n" * 100_000, "unclosed comment"),
    "open comments, no items": ("/* \n" * 100_000, "unclosed comment"),
    "open comment after strings": ("a = [" + '"x", ' * 200_000 + "/* \n", "unclosed comment"),
    "open comment of stars": ("a = 1 /" + "* " * 500_000, "unclosed comment"),
    "open string of signs": ('a = "' + "x$ %y\\\\n" * 200_000 + "\n", "unterminated string"),
    "stray sign after comments": (
        "a = " + "/* x */ " * 200_000 + "'\n",
        "this character is not used within the language",
    ),
    "open comments in brackets": ("a = [\n" + "/* \n" * 100_000, "unclosed comment"),
    "open brackets line by line": ("x = [\n" * 50_000, "unclosed bracket"),
    "open brackets, indented": ("".join(" " * (n % 200) + "x = [\n" for n in range(30_000)), "unclosed bracket"),
    "open strings": ('a = "\n' * 50_000, "unterminated string"),
    "quotes": ('"' * 300_000, "argument or block definition required"),
    "backslashes": ('a = "' + "\\" * 500_001 + '"', "unterminated string"),
    "less than": ("a = " + "<" * 200_000, "invalid expression"),
    "dots of a number": ("a = 1" + "." * 200_000 + "x", "missing newline after argument"),
    "words": ("a " * 200_000, "invalid block definition"),
    "garbage": ("!@#% ^&\n" * 100_000, "argument or block definition required"),
    "carriage returns": ("\r" * 1_000_000, "carriage return without a newline"),
    "nested heredocs": ("a = " + "<<E\n${" * 5_000, "unclosed bracket"),
}


@pytest.mark.parametrize("name", SOUND)
def test_sound(name: str) -> None:
    assert check(SOUND[name], parse(SOUND[name])) == ()


@pytest.mark.parametrize("name", UNSOUND)
def test_unsound(name: str) -> None:
    text, message = UNSOUND[name]
    assert message in [fault.message for fault in check(text, parse(text))]
