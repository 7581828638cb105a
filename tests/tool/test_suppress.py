import pytest

from tflint_locks.facts import Remark
from tflint_locks.places import Places
from tflint_locks.settings import RuleSettings, Settings
from tflint_locks.source import Span
from tflint_locks.suppress import Silencers, read_silencers
from tflint_locks.tree import DictTree

KNOWN = frozenset({"a-rule", "b-rule", "suppression-unused"})
TODAY = "2026-06-15"
TARGET = "lock = 1"


def remarks_of(text: str) -> list[Remark]:
    """Find comments as a reader would: ``#`` and ``//`` to the end of the line, ``/* */``, ``<!-- -->``."""
    found = []
    for opener, closer in (("#", "\n"), ("//", "\n"), ("/*", "*/"), ("<!--", "-->")):
        start = text.find(opener)
        while start >= 0:
            end = text.index(closer, start) + (0 if closer == "\n" else len(closer))
            found.append(Remark(text[start:end].strip("#/*<>!- "), Span("main.tf", start, end)))
            start = text.find(opener, end)
    return found


def silencers(text: str, settings: Settings | None = None) -> Silencers:
    places = Places(DictTree({"main.tf": text}))
    return read_silencers(remarks_of(text), settings or Settings(), KNOWN, places, TODAY)


def silent(text: str, settings: Settings | None = None) -> bool:
    line = text[: text.index(TARGET)].count("\n") + 1
    return any(one.covers("a-rule", "main.tf", line) for one in silencers(text, settings).silencers if not one.ended)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lock = 1 # tflint-locks: ignore[a-rule] it is so\n", True),
        ("lock = 1 // tflint-locks: ignore[a-rule]\n", True),
        ("lock = 1 /* tflint-locks: ignore[a-rule] */\n", True),
        ("# tflint-locks: ignore[a-rule] reason\nlock = 1\n", True),
        ("/* tflint-locks: ignore[a-rule]\n reason */\nlock = 1\n", True),
        ("<!-- tflint-locks: ignore[a-rule] reason -->\nlock = 1\n", True),
        ("  # tflint-locks: ignore[b-rule, a-rule]\n  lock = 1\n", True),
        ("# tflint-locks: ignore[a-*]\nlock = 1\n", True),
        ("# tflint-locks: ignore[a-rule]\n# tflint-locks: ignore[b-rule]\nlock = 1\n", True),
        ("# tflint-locks: ignore[b-rule]\nlock = 1\n", False),
        ("# tflint-locks: ignore[a-rule]\n\nlock = 1\n", False),
        ("x = 2 # tflint-locks: ignore[a-rule]\nlock = 1\n", False),
        ("lock = 1\n# tflint-locks: ignore[a-rule]\n", False),
        ("lock = 1 # ignore[a-rule]\n", False),
        ("x = 2 # tflint-locks: ignore-next[a-rule]\nlock = 1\n", True),
        ("lock = 1 # tflint-locks: ignore-next[a-rule]\n", False),
        ("lock = 1\n\n# tflint-locks: ignore-file[a-rule] all of it\n", True),
        ("lock = 1 # tflint-locks: ignore[a-rule] until=2026-06-15\n", True),
        ("lock = 1 # tflint-locks: ignore[a-rule] until=2026-06-14\n", False),
    ],
)
def test_which_line_a_comment_speaks_of(text: str, expected: bool) -> None:
    assert silent(text) is expected
    assert not silencers(text).complaints


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("lock = 1 # tflint-locks: ignore[c-rule]\n", "`c-rule` is no rule"),
        ("lock = 1 # tflint-locks: ignore\n", "it names no rule; write `tflint-locks: ignore[rule] reason`"),
        ("lock = 1 # tflint-locks: ignore[] x\n", "it names no rule; write"),
        ("lock = 1 # tflint-locks: disable a-rule\n", "`tflint-locks: disable a-rule` is not understood"),
        ("lock = 1 # tflint-locks: ignore[a-rule] until=June\n", "a date is written until=YYYY-MM-DD"),
        ("lock = 1 # tflint-locks: ignore[a-rule] until=2026-W05-1\n", "a date is written until=YYYY-MM-DD"),
        ("lock = 1 # tflint-locks: ignore[suppression-unused]\n", "nothing silences `suppression-unused`"),
    ],
)
def test_a_comment_that_silences_nothing_says_why(text: str, complaint: str) -> None:
    assert not silent(text)
    (said,) = silencers(text).complaints
    assert said.text.startswith(complaint)


def test_a_rule_that_is_misspelt_does_not_take_the_others_with_it() -> None:
    text = "lock = 1 # tflint-locks: ignore[a-rule, c-rule] x\n"
    assert silent(text)
    assert [one.text for one in silencers(text).complaints] == ["`c-rule` is no rule"]


def test_a_reason_may_be_asked_for() -> None:
    asked = Settings(require_reason=True)
    assert silent("lock = 1 # tflint-locks: ignore[a-rule] old table until=2026-07-01\n", asked)
    for bare in ("", " until=2026-07-01"):
        text = f"lock = 1 # tflint-locks: ignore[a-rule]{bare}\n"
        assert not silent(text, asked)
        assert "no reason" in silencers(text, asked).complaints[0].text


def test_a_rule_may_be_made_one_that_nothing_silences() -> None:
    settings = Settings(rules=(RuleSettings("a-*", silenceable=False),))
    text = "lock = 1 # tflint-locks: ignore[a-rule, b-rule] x\n"
    assert not silent(text, settings)
    assert [one.text for one in silencers(text, settings).complaints] == ["the settings let nothing silence `a-rule`"]
