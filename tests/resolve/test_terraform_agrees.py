import base64
import json
import os
import shutil
import subprocess
from itertools import product
from pathlib import Path

import pytest

from tflint_locks.resolve.evaluate import Scope, evaluate_span
from tflint_locks.resolve.jsontext import json_text
from tflint_locks.resolve.results import wholly_known
from tflint_locks.value import Result, Value, hole, text_of

TEXTS = [
    '"acme-Terraform_locks"',
    '""',
    '"a"',
    '"  x y\\t"',
    '"arn:aws:s3:::b/k"',
    '"5"',
    '"a\\"<b>&\\\\\\n"',
    "5",
    "true",
]
LISTS = [
    '["b", "a", "b"]',
    "[]",
    '["x"]',
    '["5", 5]',
    "[1, 10, 9]",
    '["a", "", null]',
    '[["a"], ["b", ["c"]]]',
    '{a = 1, b = "x"}',
]

ONE_TEXT = (
    "lower upper title trimspace tostring tonumber tobool length chomp strrev basename dirname jsonencode".split()
)
TWO_TEXTS = "split trimprefix trimsuffix trim startswith endswith".split()
ONE_LIST = (
    "length keys values toset tolist distinct flatten compact sort reverse one coalescelist concat merge jsonencode "
    "tomap alltrue anytrue setproduct max min zipmap range".split()
)

WRITTEN = r"""
1 + 2
7 / 2
1 / 4
7 % 3
-7 % 3
-5 / -5
0.1 + 0.2
1.5 * 2
1e3
1.50
12345678901234567890 + 1
"${1.0}"
"a${5}b${true}"
"${[1]}"
"${null}"
5 == 5.0
"a" == "a"
"a" != "b"
[1] == [1]
{a = 1} == {a = 1}
null == null
"" == null
1 < 2 && 2 <= 2
!true || false
"true" && true
true ? "a" : "b"
"false" ? 1 : 2
{a = 1, "b" = 2, (upper("c")) = 3}
{a = 1, a = 2}
{for k, v in {b = 1, a = 2} : k => v + 1}
{for v in ["a", "b", "a"] : v => v...}
{for v in ["a", "a"] : v => v}
[for i, v in ["a", "b"] : "${i}${v}"]
[for v in [1, 2, 3] : v * 2 if v > 1]
[for k, v in {b = 1, a = 2} : k]
[for k, v in toset(["b", "a"]) : "${k}${v}"]
{a = {b = [1, 2]}}.a.b[1]
{a = 1}["a"]
["a", "b"].1
["a", "b"][*]
[{n = "x"}, {n = "y"}][*].n
"a"[*]
null[*]
toset(["a"])[0]
["a"][1]
{a = 1}.b
["a"]["0"]
try({a = 1}.b, "d")
try(["a"][5], ["b"][0])
try(null, "x")
can({a = 1}.b)
can(1)
format("%s-%s", "a", "b")
format("%s", 5)
format("%s", true)
format("%s", ["a"])
format("%v", ["a", 1, true])
format("%v", {b = 1, a = "x"})
format("%d", 5)
format("%d", "5")
format("%d", 1.5)
format("%03d", 7)
format("%5d|", 7)
format("%-5s|", "ab")
format("%5s|", "ab")
format("%q", "a\"b")
format("%%")
format("%t", true)
format("%s")
format("a", "b")
format("%s %s", "a")
formatlist("%s/%s", "a", ["x", "y"])
formatlist("%s", [])
formatlist("%s-%s", ["a"], ["b", "c"])
formatlist("%s", "a")
join("-", ["a", "b"], ["c"])
join("-", ["a", null])
join("-", [1, true])
join(",", [])
split(",", "a,b,,c")
split("", "abc")
split("ab", "xabyab")
replace("a-b-c", "-", "_")
replace("a.b", ".", "")
replace("aaa", "aa", "b")
replace("Hello World", "/[A-Z]/", "x")
replace("a--b", "/-+/", "-")
replace("a1b22", "/[0-9]+$/", "")
replace("a/b", "/", "-")
replace("acme_prod", "/_/", "-")
replace("a b", "/\\s/", "")
substr("hello", 1, 3)
substr("hello", -2, -1)
substr("hello", 0, 99)
substr("hello", 9, 2)
substr("hello", 1, -1)
element(["a", "b", "c"], 4)
element(["a"], 0)
element([], 0)
element(toset(["a"]), 0)
element(["a", "b"], -1)
lookup({a = "x"}, "a", "d")
lookup({a = "x"}, "b", "d")
lookup({a = "x"}, "b")
merge({a = 1}, {a = 2, b = 3})
merge({a = 1}, null)
merge()
concat(["a"], ["b"], [])
concat(["a"], null)
coalesce("", "a")
coalesce(null, 5)
coalesce("", null)
coalesce(1, "a")
coalescelist([], ["a"])
coalescelist([], [])
compact(["a", "", null, "b"])
contains(["a", "b"], "a")
contains(["a"], "z")
contains([1, 2], 2)
contains(["1"], 1)
contains(toset(["a"]), "a")
distinct(["a", "b", "a", "c"])
flatten([["a", []], [], ["b"]])
flatten([[1], 2, [[3]]])
keys({b = 1, a = 2})
values({b = 1, a = 2})
length("abc")
length({a = 1})
length(5)
tolist(["a", 1])
toset(["b", "a", "b", 1])
toset([3, 20, 1])
tomap({a = 1, b = "x"})
tostring(1.0)
tonumber("1.50")
tonumber("x")
tobool("true")
tobool("yes")
tobool("1")
one([])
one(["a"])
one(["a", "b"])
range(3)
range(1, 4)
range(1, 8, 2)
range(4, 1)
range(1, 4, -1)
range(0)
zipmap(["b", "a"], [1, 2])
zipmap(["a"], [])
setproduct(["a", "b"], ["x", "y"])
sort(["b", "a", "B", "_"])
reverse(["a", "b"])
index(["a", "b"], "b")
index(["a"], "z")
slice(["a", "b", "c"], 1, 2)
slice(["a"], 0, 5)
basename("a/b/")
basename("")
basename("/")
dirname("a/b/c")
dirname("a")
dirname("/a")
dirname("a//b")
dirname("a/b/")
trimprefix("prod-x", "prod-")
trimsuffix("x.tf", ".tf")
trim("?!hello?!", "!?")
title("hello wORLD foo-bar_baz")
upper("straße")
lower("ÀB")
jsonencode({b = [1, "2", null, true], a = {}})
jsonencode("<a&b>\u2028\t")
jsonencode(1.50)
jsonencode(12345678901234567890)
jsondecode("{\"a\": [1, 2.50, \"x\\n\", null]}")
jsondecode("{\"b\":1,\"a\":\"5\"}")
jsondecode("nope")
jsondecode("5")
max(1, 3, 2)
min(3, 1)
startswith("abc", "ab")
endswith("abc", "c")
alltrue([true, "true"])
anytrue([false, null])
"%{if true}a%{else}b%{endif}"
"%{for x in ["a", "b"]}${x},%{endfor}"
"a\u0041\t\\"
"$${x} %%{y}"
"${"a"}"
"x${"${"y"}"}z"
concat(["a"], [for x in ["b"] : upper(x)]...)
format("%s-%s", ["a", "b"]...)
(1 + 2) * 3
-(3)
1 == "1"
true == "true"
"a" < "b"
"10" < "9"
[] == tolist([])
""".strip().splitlines()


def expressions() -> list[str]:
    made = [f"{name}({text})" for name, text in product(ONE_TEXT, TEXTS)]
    made += [
        f"{name}({a}, {b})" for name, a, b in product(TWO_TEXTS, ['"-"', '"a"', '""', '"acme-"', '"locks"'], TEXTS[:6])
    ]
    made += [f"{name}({b}, {a})" for name, a, b in product(TWO_TEXTS[1:], ['"-"', '"a"'], TEXTS[:6])]
    made += [f"{name}({text})" for name, text in product(ONE_LIST, LISTS)]
    made += [f"{a} {operator} {b}" for operator, a, b in product(["==", "&&", "+", "<"], TEXTS[4:], TEXTS[4:])]
    return [*WRITTEN, *made]


def terraform_answers(lines: list[str], folder: Path) -> dict[int, object]:
    """Ask ``terraform console`` for many at once (it reads lines of up to 64 KB); what it refuses is missing."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "CHECKPOINT_DISABLE": "1"}
    numbered = [f"try([{number}, {line}], [{number}])" for number, line in enumerate(lines)]
    answers: dict[int, object] = {}
    for start in range(0, len(numbered), 250):
        asked = f"base64encode(jsonencode([{', '.join(numbered[start : start + 250])}]))\n"
        done = subprocess.run(
            ["terraform", "console"],
            input=asked,
            capture_output=True,
            text=True,
            cwd=folder,
            env=environment,
            check=False,
        )
        assert done.stdout.startswith('"'), done.stdout + done.stderr
        told = json.loads(base64.b64decode(done.stdout.strip()[1:-1]))
        answers |= {answer[0]: answer[1] for answer in told if len(answer) > 1}
    return answers


def lookup(names: tuple[str, ...]) -> tuple[Result, int]:
    return hole(".".join(names)), len(names)


def ours(line: str) -> object:
    result = evaluate_span(0, len(line), Scope("a.tf", line, lookup, lambda _: None, {}))
    if not wholly_known(result):
        return ...
    value: Value = json_text(result)
    return json.loads(text_of(value) or "")


@pytest.mark.skipif(not shutil.which("terraform"), reason="terraform is not installed")
def test_terraform_console_says_the_same_where_anything_is_said(tmp_path: Path) -> None:
    lines = expressions()
    answers = terraform_answers(lines, tmp_path)
    told = {line: (answers.get(number, ...), ours(line)) for number, line in enumerate(lines)}
    wrong = {line: pair for line, pair in told.items() if pair[1] is not ... and pair[0] != pair[1]}
    assert wrong == {}
    silent = [line for line, pair in told.items() if pair[0] is not ... and pair[1] is ...]
    assert len(silent) < len(lines) * 0.15, silent
