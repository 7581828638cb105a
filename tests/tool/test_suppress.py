import pytest

from tflint_locks.facts import Remark
from tflint_locks.places import Places
from tflint_locks.source import Span
from tflint_locks.suppress import ignored, read_ignores
from tflint_locks.tree import DictTree

KNOWN = frozenset({"a-rule", "b-rule"})
TARGET = "lock = 1"


def remarks_of(text: str) -> list[Remark]:
    """Find comments as a reader would: ``#`` and ``//`` to the end of the line, ``/* */``."""
    found = []
    for opener, closer in (("#", "\n"), ("//", "\n"), ("/*", "*/")):
        start = text.find(opener)
        if start >= 0:
            end = text.index(closer, start) + (2 if closer == "*/" else 0)
            found.append(Remark(text[start:end].strip("#/* "), Span("main.tf", start, end)))
    return found


@pytest.mark.parametrize(
    ("text", "silent"),
    [
        ("lock = 1 # tflint-locks: ignore[a-rule] it is so\n", True),
        ("lock = 1 // tflint-locks: ignore[a-rule]\n", True),
        ("lock = 1 /* tflint-locks: ignore[a-rule] */\n", True),
        ("# tflint-locks: ignore[a-rule] reason\nlock = 1\n", True),
        ("/* tflint-locks: ignore[a-rule]\n reason */\nlock = 1\n", True),
        ("  # tflint-locks: ignore[b-rule, a-rule]\n  lock = 1\n", True),
        ("# tflint-locks: ignore[b-rule]\nlock = 1\n", False),
        ("# tflint-locks: ignore[a-rule]\n\nlock = 1\n", False),
        ("x = 2 # tflint-locks: ignore[a-rule]\nlock = 1\n", False),
        ("lock = 1\n# tflint-locks: ignore[a-rule]\n", False),
        ("lock = 1 # tflint-locks: ignore[c-rule]\n", False),
        ("lock = 1 # tflint-locks: ignore\n", False),
        ("lock = 1 # ignore[a-rule]\n", False),
    ],
)
def test_an_ignore_comment_speaks_of_its_line_and_alone_on_it_of_the_next(text: str, silent: bool) -> None:
    places = Places(DictTree({"main.tf": text}))
    ignores = read_ignores(remarks_of(text), KNOWN, places.before)
    start = text.index(TARGET)
    assert ignored(ignores, "a-rule", [Span("main.tf", start, start + 4)], places.before) is silent


def test_ignore_comments_one_above_the_other_all_speak_of_the_line_below() -> None:
    text = "# tflint-locks: ignore[a-rule]\n# tflint-locks: ignore[b-rule]\nlock = 1\n"
    second = text.index("#", 1)
    places = Places(DictTree({"main.tf": text}))
    remarks = [
        Remark("tflint-locks: ignore[a-rule]", Span("main.tf", 0, 30)),
        Remark("tflint-locks: ignore[b-rule]", Span("main.tf", second, second + 30)),
    ]
    ignores = read_ignores(remarks, KNOWN, places.before)
    place = [Span("main.tf", text.index("lock ="), len(text))]
    assert all(ignored(ignores, rule, place, places.before) for rule in ("a-rule", "b-rule"))


@pytest.mark.parametrize(
    ("comment", "complaint"),
    [
        (
            "tflint-locks: ignore[a-rule, lock-tabel]",
            "main.tf:2: an ignore comment names `lock-tabel`, which is no rule",
        ),
        ("tflint-locks: ignore because", "main.tf:2: an ignore comment names its rules"),
        ("tflint-locks: ignore[] x", "main.tf:2: an ignore comment names its rules"),
        ("tflint-locks: disable a-rule", "main.tf:2: `tflint-locks: disable a-rule` is not understood"),
    ],
)
def test_an_ignore_comment_that_silences_nothing_is_said_aloud(comment: str, complaint: str) -> None:
    text = f"x = 1\n# {comment}\n"
    places = Places(DictTree({"main.tf": text}))
    remark = Remark(comment, Span("main.tf", 6, len(text) - 1))
    (said,) = read_ignores([remark], KNOWN, places.before).complaints
    assert said.startswith(complaint)
