"""Every format for machines: read back by a reader of its kind, and with values that try to break out of it."""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest

from tflint_locks.finding import Finding, Related, Report, Severity
from tflint_locks.places import Places
from tflint_locks.render.formats import FORMATS, render
from tflint_locks.render.view import View
from tflint_locks.rule import Rule
from tflint_locks.source import Span
from tflint_locks.tree import DictTree

Golden = Callable[[str, str], None]
RULE = Rule(
    "lock-table-mismatch",
    "A reference names another lock table",
    Severity.ERROR,
    "0.1.0",
    {"default": "x"},
    why="Nothing checks it.",
    remedy="Name one table.",
    references=("https://example.com/locks",),
)
RULES = {RULE.id: RULE}
HOSTILE = {
    "newline and command": "x\n::error file=a::b\r\n##[error]c ##vso[task.complete]d",
    "percent": "100%25 %0A",
    "terminal": "\x1b[2J\x07\x9b31m",
    "bidi": "\u202eevil\u2066",
    "xml": "]]><a b='\"'>&amp;\x00\ufffe\uffff",
    "surrogate": "\udcff\ud800",
    "backticks": "`` `x` ``` <img src=x> @everyone [a](https://evil.example) # | *b*",
    "unclosed": "a ` b <script>",
    "braces": "{0} ${{ github.ref }} [link](1)",
}


def shown(name: str, report: Report, tree: DictTree) -> str:
    return "".join(f"{line}\n" for line in render(name, report, View(Places(tree), RULES)))


def hostile_report(text: str) -> tuple[Report, DictTree]:
    """Return a report whose path, message, note and words all have a text."""
    path = f"a/{text}.tf"
    tree = DictTree({path: f"日本 = 1 # {text}\n"})
    here = Span(path, 0, 2)
    finding = Finding(
        "lock-table-mismatch",
        Severity.ERROR,
        f"table `{text}` is {text}",
        here,
        related=(Related(here, text),),
        notes=(text,),
    )
    return Report(
        (finding, finding._replace(severity=Severity.NOTE)), (text,), 0, 1, 0, 0, (), complaints=(text,)
    ), tree


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in {"text", "concise", "json"}])
def test_a_report_in_each_format(name: str, report: Report, tree: DictTree, golden: Golden) -> None:
    golden(f"report.{name}", shown(name, report, tree))


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_found_is_a_whole_report(name: str) -> None:
    text = shown(name, Report((), (), 0, 3, 0, 0, ()), DictTree({}))
    if name in {"json", "sarif", "gitlab", "rdjson"}:
        json.loads(text)
    elif name in {"junit", "checkstyle"}:
        ET.fromstring(text)  # noqa: S314 - our own
    elif name != "concise":  # its counts are printed beside it
        assert text.strip()


# ---------------------------------------------------------------- values that try to break out


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("name", FORMATS)
def test_no_value_reaches_a_terminal_or_hides(name: str, text: str) -> None:
    out = shown(name, *hostile_report(text))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", out)
    out.encode()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("name", ["github", "azure"])
def test_no_value_is_a_command_of_its_own(name: str, text: str) -> None:
    own = re.compile(r"::(error|warning|notice|group|endgroup)[ :]|##vso\[task\.logissue type=(error|warning);")
    for line in shown(name, *hostile_report(text)).splitlines():
        if found := own.match(line):
            assert "##vso[" not in line[found.end() :]
        else:
            assert not line.lstrip().startswith("::")
            assert "##[" not in line
            assert "##vso[" not in line


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_workflow_commands_keep_their_properties(text: str) -> None:
    line = shown("github", *hostile_report(text)).splitlines()[0]
    properties, _, message = line.removeprefix("::error ").partition("::")
    names = [part.partition("=")[0] for part in properties.split(",")]
    assert names == ["file", "line", "endLine", "title", "col", "endColumn"]
    assert message.startswith("table ")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("name", ["junit", "checkstyle"])
def test_xml_stays_well_formed(name: str, text: str) -> None:
    root = ET.fromstring(shown(name, *hostile_report(text)))  # noqa: S314 - our own
    assert root.tag == {"junit": "testsuites"}.get(name, "checkstyle")
    assert len(list(root.iter("testcase" if name == "junit" else "error"))) == {"junit": 3}.get(name, 2)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_markdown_makes_no_markup_of_a_value(text: str) -> None:
    markdown = pytest.importorskip("markdown_it").MarkdownIt("gfm-like", {"linkify": False, "html": True})
    tokens = markdown.parse(shown("markdown", *hostile_report(text)))
    inline = [child for token in tokens for child in token.children or ()]
    assert {token.type for token in (*tokens, *inline)} <= {
        "heading_open", "heading_close", "inline", "text", "code_inline", "strong_open", "strong_close",
        "bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close", "paragraph_open",
        "paragraph_close", "text_special", "softbreak",
    }  # fmt: skip


# ---------------------------------------------------------------- what each consumer counts on


def test_sarif_counts_code_points_and_says_so(tree: DictTree) -> None:
    wide = Finding("lock-table-mismatch", Severity.ERROR, "x", Span("wide.tf", 12, 13))
    (run,) = json.loads(shown("sarif", Report((wide,), (), 0, 1, 0, 0, ()), tree))["runs"]
    (result,) = run["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert region == {"startLine": 1, "startColumn": 13, "endLine": 1, "endColumn": 14}


def test_sarif_has_related_places_fixes_and_rules(report: Report, tree: DictTree) -> None:
    (run,) = json.loads(shown("sarif", report, tree))["runs"]
    first = run["results"][0]
    assert [unquote(place["physicalLocation"]["artifactLocation"]["uri"]) for place in first["relatedLocations"]] == [
        "backends/staging.hcl"
    ]
    (change,) = first["fixes"][0]["artifactChanges"]
    assert change["replacements"][0]["insertedContent"]["text"] == "acme-terraform-lock-staging"
    assert run["tool"]["driver"]["rules"][first["ruleIndex"]]["id"] == first["ruleId"]
    assert not run["invocations"][0]["executionSuccessful"]


def test_rdjson_counts_bytes(tree: DictTree) -> None:
    wide = Finding("a-rule", Severity.ERROR, "x", Span("wide.tf", 12, 13))
    (one,) = json.loads(shown("rdjson", Report((wide,), (), 0, 1, 0, 0, ()), tree))["diagnostics"]
    assert one["location"]["range"]["start"] == {"line": 1, "column": 17}


def test_rdjson_offers_no_half_of_a_repair(report: Report, tree: DictTree) -> None:
    from tflint_locks.finding import Edit

    first = report.findings[0]
    two = first._replace(edits=(*first.edits, Edit(Span("main.tf", 0, 1), "x")))
    (one,) = json.loads(shown("rdjson", Report((two,), (), 0, 1, 0, 0, ()), tree))["diagnostics"]
    assert "suggestions" not in one


@pytest.mark.parametrize("name", ["gitlab", "sarif"])
def test_fingerprints_are_unique_and_know_no_lines(name: str, report: Report, tree: DictTree) -> None:
    def marks(of: Report) -> list[str]:
        whole: Any = json.loads(shown(name, of, tree))
        if name == "gitlab":
            return [one["fingerprint"] for one in whole]
        return [one["partialFingerprints"]["tflintLocks/v1"] for one in whole["runs"][0]["results"]]

    twice = report._replace(findings=tuple(one for finding in report.findings for one in (finding, finding)))
    moved = report._replace(findings=tuple(one._replace(span=one.span._replace(start=0)) for one in report.findings))
    assert len(set(marks(twice))) == len(twice.findings)
    assert marks(moved) == marks(report)


def test_gitlab_shows_the_rule_and_the_other_place(report: Report, tree: DictTree) -> None:
    first = json.loads(shown("gitlab", report, tree))[0]
    assert first["description"].startswith("lock-table-mismatch: staging's tfvars")
    assert "see backends/staging.hcl:4 (the table terraform locks)" in first["description"]
    assert first["severity"] == "critical"


def test_github_shows_ten_of_each_level_and_loses_none(tree: DictTree) -> None:
    notes = tuple(Finding("a-rule", Severity.NOTE, f"note {n}", Span("main.tf", n, n + 1)) for n in range(12))
    errors = tuple(Finding("b-rule", Severity.ERROR, f"error {n}", Span("main.tf", n, n + 1)) for n in range(14))
    out = shown("github", Report((*notes, *errors), (), 0, 1, 0, 0, ()), tree).splitlines()
    commands = [line.partition(" ")[0] for line in out if re.match(r"::(error|notice) ", line)]
    assert commands == ["::error"] * 10 + ["::notice"] * 10
    assert sum("[b-rule]" in line for line in out) == 4
    assert sum("[a-rule]" in line for line in out) == 2


def test_github_gives_no_columns_over_several_lines(tree: DictTree) -> None:
    wide = Finding("a-rule", Severity.ERROR, "x", Span("main.tf", 0, 20))
    line = shown("github", Report((wide,), (), 0, 1, 0, 0, ()), tree).splitlines()[0]
    assert line == "::error file=main.tf,line=1,endLine=2,title=a-rule::x"


def test_a_note_is_no_failure_of_a_test(report: Report, tree: DictTree) -> None:
    root = ET.fromstring(shown("junit", report, tree))  # noqa: S314 - our own
    assert root.get("failures") == str(len(list(root.iter("failure")))) == "2"
    assert root.get("errors") == str(len(list(root.iter("error")))) == "1"
    assert root.get("tests") == str(len(list(root.iter("testcase")))) == "7"
