"""What a test in a script says about the texts a value can have, when it holds and when it does not."""

from tflint_locks.read import shell
from tflint_locks.read.expand import expand, plain
from tflint_locks.read.fork import REF, REF_NAME, Raw, covers, is_shape, single_fork, single_hole, text_of_raw
from tflint_locks.read.shellstate import Run, domain_of, known_texts
from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex


class Verdict(NamedTuple):
    """What a test tells.

    ``decided`` where the outcome is certain. Otherwise the test holds exactly when the text of ``identity`` is
    among ``texts`` (or is not, unless ``positive``); no identity where the test says nothing of the kind.
    ``yes`` and ``no`` are the texts left to each identity when it holds and when it does not.
    """

    decided: bool | None = None
    identity: str = ""
    texts: tuple[str, ...] = ()
    positive: bool = True
    yes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    no: tuple[tuple[str, tuple[str, ...]], ...] = ()


NOTHING = Verdict()
_CHOICES = regex(r"\^?\(?([\w.-]+(?:\|[\w.-]+)*)\)?\$?")
_PLAIN = regex(r"[\w./-]+")
_TESTS = frozenset({"[", "test", "grep", "command", "which", "type", "hash"})


def is_test(node: shell.Node) -> bool:
    """Tell whether a command is there for its outcome only."""
    if isinstance(node, shell.Test):
        return True
    if isinstance(node, shell.Pipeline):
        return node.negated or is_test(node.parts[-1])
    if isinstance(node, shell.Chain):
        return all(is_test(item) for _, item in node.items)
    return isinstance(node, shell.Simple) and bool(node.words) and plain(node.words[0]) in _TESTS


def judge(run: Run, nodes: tuple[shell.Node, ...]) -> Verdict:
    """Follow a condition's commands and say what its outcome tells."""
    if not nodes:
        return NOTHING
    run.evaluate(run, nodes[:-1])
    return _judge(run, nodes[-1])


def _judge(run: Run, node: shell.Node) -> Verdict:
    if isinstance(node, shell.Test):
        return _expression(run, node.words)
    if isinstance(node, shell.Simple) and node.words and plain(node.words[0]) in {"[", "test"} and not node.assignments:
        return _expression(run, node.words[1 : -1 if plain(node.words[0]) == "[" else None])
    if isinstance(node, shell.Pipeline) and node.negated and len(node.parts) == 1:
        return _negated(_judge(run, node.parts[0]))
    if isinstance(node, shell.Chain) and is_test(node):
        verdict = _judge(run, node.items[0][1])
        for operator, item in node.items[1:]:
            verdict = _joined(run, operator, verdict, _judge(run, item))
        return verdict
    if isinstance(node, shell.Group) and len(node.body) == 1 and is_test(node.body[0]):
        return _judge(run, node.body[0])
    run.evaluate(run, (node,))
    return NOTHING


def _negated(verdict: Verdict) -> Verdict:
    decided = None if verdict.decided is None else not verdict.decided
    return Verdict(decided, verdict.identity, verdict.texts, not verdict.positive, verdict.no, verdict.yes)


def _joined(run: Run, operator: str, left: Verdict, right: Verdict) -> Verdict:
    """Join two verdicts with ``&&``; with ``||`` through their negations."""
    if operator == "||":
        return _negated(_joined(run, "&&", _negated(left), _negated(right)))
    if left.decided is False or right.decided is False:
        return Verdict(decided=False)
    if left.decided:
        return right
    if right.decided:
        return left
    if left.identity and left.identity == right.identity:
        return _same(run, left, right)
    return Verdict(yes=left.yes + right.yes)


def _same(run: Run, left: Verdict, right: Verdict) -> Verdict:
    if left.positive and right.positive:
        return exactly(run, left.identity, tuple(text for text in left.texts if text in right.texts))
    if not left.positive and not right.positive:
        return _negated(exactly(run, left.identity, tuple(dict.fromkeys(left.texts + right.texts))))
    inside, outside = (left, right) if left.positive else (right, left)
    return exactly(run, left.identity, tuple(text for text in inside.texts if text not in outside.texts))


def exactly(run: Run, identity: str, texts: tuple[str, ...]) -> Verdict:
    """Return the verdict that the text of ``identity`` is one of ``texts``."""
    domain = domain_of(run, identity)
    if domain:
        texts = tuple(one for one in domain if one in texts or any(covers(text, one) for text in texts))
        if not texts or len(texts) == len(domain):
            return Verdict(decided=bool(texts))
    rest = tuple(text for text in domain if text not in texts)
    yes = ((identity, texts),) if texts and not any(map(is_shape, texts)) else ()
    return Verdict(None, identity, texts, True, yes, ((identity, rest),) if rest else ())  # noqa: FBT003 - a field


def _expression(run: Run, words: tuple[shell.Word, ...]) -> Verdict:
    """Judge the words of a test: atoms joined with ``&&`` and ``||``; parentheses are not looked into."""
    texts = [plain(word) for word in words]
    if "(" in texts or ")" in texts:
        for word in words:
            expand(run, word)
        return NOTHING
    result: Verdict | None = None
    operator = start = 0
    for at in [*(index for index, text in enumerate(texts) if text in _JOINS), len(words)]:
        verdict = _atom(run, words[start:at], texts[start:at])
        result = verdict if result is None else _joined(run, _JOINS[texts[operator]], result, verdict)
        operator, start = at, at + 1
    return result or NOTHING


_JOINS = {"&&": "&&", "||": "||", "-a": "&&", "-o": "||"}


def _atom(run: Run, words: tuple[shell.Word, ...], texts: list[str]) -> Verdict:
    if texts and texts[0] == "!":
        return _negated(_atom(run, words[1:], texts[1:]))
    raws = [expand(run, word) for word in words]
    if len(words) == 2 and texts[0] in {"-z", "-n"}:  # noqa: PLR2004 - an operator and its operand
        text = text_of_raw(raws[1])
        return NOTHING if text is None else Verdict(decided=(not text) == (texts[0] == "-z"))
    if len(words) != 3:  # noqa: PLR2004 - two operands and their operator
        return NOTHING
    if texts[1] in {"=", "==", "!="}:
        right = text_of_raw(raws[2])
        if right is None or not is_simple(right):
            return NOTHING
        verdict = among(run, raws[0], (right,))
        return _negated(verdict) if texts[1] == "!=" else verdict
    asked = _matching(text_of_raw(raws[2]) or "") if texts[1] == "=~" else ()
    return among(run, raws[0], asked) if asked else NOTHING


def _matching(pattern: str) -> tuple[str, ...]:
    """Return the texts that a regular expression matches: a few, or one with stars where it is open at an end."""
    begins, ends = pattern.startswith("^"), pattern.endswith("$")
    choices = _CHOICES.fullmatch(pattern)
    if choices and begins and ends:
        return tuple(choices[1].split("|"))
    inner = pattern.removeprefix("^").removesuffix("$")
    ends = ends and not inner.endswith(".*")
    inner = inner.removesuffix(".*")
    return ("*" * (not begins) + inner + "*" * (not ends),) if _PLAIN.fullmatch(inner) else ()


def is_simple(pattern: str) -> bool:
    """Tell whether a shell's pattern has no other signs than stars."""
    return not any(char in pattern for char in "?[(\\")


def among(run: Run, subject: Raw, texts: tuple[str, ...]) -> Verdict:
    """Return the verdict that a word is one of the texts, or one of the shape that a text with stars gives."""
    text = text_of_raw(subject)
    if text is not None:
        return Verdict(decided=text in texts or any(covers(one, text) for one in texts))
    hole = single_hole(subject)
    if hole:
        if hole.identity == REF_NAME:
            return exactly(run, REF, tuple(f"refs/heads/{name}" for name in texts))
        identity, domain = known_texts(run, subject)
        if domain and not domain_of(run, identity):
            run.narrowed[0].setdefault(identity, domain)
            run.version += 1
        return exactly(run, identity, texts)
    fork = single_fork(subject)
    if fork and fork.otherwise is None:
        options = [(label, text_of_raw(content)) for label, content in fork.options]
        if all(option is not None for _, option in options):
            if not domain_of(run, fork.identity):
                run.narrowed[0].setdefault(fork.identity, tuple(label for label, _ in options))
                run.version += 1
            fits = [label for label, option in options if option in texts or any(covers(one, option) for one in texts)]
            return exactly(run, fork.identity, tuple(fits))
    return NOTHING
