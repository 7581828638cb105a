"""Branches and loops of a script: what each way leaves behind, and what is true after they meet again."""

from collections.abc import Callable, Sequence
from functools import partial

from tflint_locks.read import shell
from tflint_locks.read.condition import NOTHING, Verdict, among, is_simple, is_test, judge
from tflint_locks.read.expand import expand
from tflint_locks.read.fork import (
    Fields,
    Raw,
    fields,
    forked,
    identities,
    raw,
    settled,
    single_fork,
    single_hole,
    text_of_raw,
)
from tflint_locks.read.shellstate import (
    ARGUMENTS,
    DIRECTORY,
    Guard,
    Run,
    Variable,
    assign,
    content_of,
    directory,
    domain_of,
    domains_here,
    is_open,
    lookup,
    mark,
    narrow,
    start_arguments,
)
from tflint_locks.record import NamedTuple
from tflint_locks.value import Hole, Literal, Value, known

Narrowing = tuple[tuple[str, tuple[str, ...]], ...]
_ITEMS = 64


class Outcome(NamedTuple):
    """What a branch leaves behind; ``left`` says how it ended when it does not go on."""

    changes: dict[str, Variable]
    narrowed: dict[str, tuple[str, ...]]
    left: str


def take(run: Run, follow: Callable[[], None], narrowing: Narrowing, guard: Guard) -> Outcome:
    """Follow a branch and take back what it changed."""
    run.layers.append({})
    run.narrowed.append({})
    run.guards.append(guard)
    for identity, texts in narrowing:
        narrow(run, identity, texts)
    left, run.left = run.left, ""
    follow()
    outcome = Outcome(run.layers.pop(), run.narrowed.pop(), run.left)
    run.left = left
    run.guards.pop()
    run.version += 1
    return outcome


def _passed(narrowing: Narrowing) -> Outcome:
    """Return the outcome of taking no branch."""
    return Outcome({}, dict(narrowing), "")


def join(run: Run, identity: str, options: Sequence[tuple[str, Outcome]], otherwise: Outcome | None, at: int) -> None:
    """Go on after a branching: each text of ``identity`` leads to its outcome, any other to ``otherwise``."""
    live = [(text, outcome) for text, outcome in options if not outcome.left]
    rest = otherwise if otherwise and not otherwise.left else None
    outcomes = [outcome for _, outcome in live] + ([rest] if rest else [])
    if not outcomes:
        ends = {outcome.left for _, outcome in options} | ({otherwise.left} if otherwise else set())
        run.left = "exit" if ends == {"exit"} else "return" if ends <= {"exit", "return"} else "break"
        return
    meeting = _Meeting(identity, live, rest, at)
    for name in dict.fromkeys(name for outcome in outcomes for name in outcome.changes):
        _meet(run, name, meeting)
    for key in outcomes[0].narrowed:
        if all(key in outcome.narrowed for outcome in outcomes):
            texts = dict.fromkeys(text for outcome in outcomes for text in outcome.narrowed[key])
            narrow(run, key, tuple(texts))


class _Meeting(NamedTuple):
    identity: str
    live: Sequence[tuple[str, Outcome]]
    rest: Outcome | None
    at: int


def _meet(run: Run, name: str, meeting: _Meeting) -> None:
    """Give a variable what it holds after a branching."""
    before = lookup(run, name)
    options = [(text, outcome.changes.get(name, before)) for text, outcome in meeting.live]
    last = meeting.rest.changes.get(name, before) if meeting.rest else None
    all_of = [variable for _, variable in options] + ([last] if meeting.rest else [])
    exported = all(variable and variable.exported for variable in all_of)
    contents = [variable.content if variable else None for variable in all_of]
    if all(content == contents[0] for content in contents):
        if all_of[0]:
            assign(run, name, contents[0], exported=exported)
        return
    result: Raw | None = None
    place = run.place(meeting.at, meeting.at)
    certain = [content for content in contents if content is not None and not is_open(run, content)]
    if len(certain) == len(contents):
        chosen = [(text, variable.content) for text, variable in options if variable and variable.content is not None]
        result = forked(meeting.identity, chosen, last.content if last else None, place)
    if result is None:
        texts = [text for text in map(text_of_raw, certain) if text]
        why = "depends on the branch taken"
        result = raw((Hole(name + mark(run, meeting.at), place, why, texts[0] if texts else None),))
    assign(run, name, result, exported=exported)


def follow_if(run: Run, node: shell.If) -> None:
    """Follow ``if``."""
    arms: list[Arm] = [(partial(judge, run, condition), body) for condition, body in node.arms]
    choose(run, arms, node.otherwise, node.start)


Arm = tuple[Callable[[], Verdict], tuple[shell.Node, ...]]


def choose(run: Run, arms: Sequence[Arm], otherwise: tuple[shell.Node, ...] | None, at: int) -> None:
    """Follow the arms whose conditions may hold, and meet after them."""
    taken: list[tuple[Verdict, Outcome]] = []
    passed: Narrowing = ()
    last = otherwise or ()
    for condition, body in arms:
        verdict = condition()
        if verdict.decided is False:
            continue
        if verdict.decided:
            last = body
            break
        label = str(len(taken) + 1)
        guard = Guard(verdict.identity or "if" + mark(run, at), verdict.texts or (label,), verdict.positive)
        taken.append((verdict, take(run, partial(run.evaluate, run, body), passed + verdict.yes, guard)))
        passed += verdict.no
    if not taken:
        run.evaluate(run, last)
        return
    fork = _fork_of(run, [verdict for verdict, _ in taken], at)
    guard = Guard(fork.identity, fork.texts, positive=not fork.positive)
    final = take(run, partial(run.evaluate, run, last), passed, guard) if last else _passed(passed)
    if not fork.positive:
        _join_exact(run, fork.identity, [(text, final) for text in fork.texts], taken[0][1], at)
    elif taken[0][0].identity == fork.identity:
        _join_exact(run, fork.identity, [(text, end) for verdict, end in taken for text in verdict.texts], final, at)
    else:
        join(run, fork.identity, [(str(index + 1), end) for index, (_, end) in enumerate(taken)], final, at)


def _fork_of(run: Run, verdicts: list[Verdict], at: int) -> Guard:
    """Return what decides which arm is taken: the one identity that all conditions ask for, else a fork of its own."""
    first = verdicts[0]
    if first.identity and len(verdicts) == 1:
        return Guard(first.identity, first.texts, first.positive)
    if first.identity and all(verdict.identity == first.identity and verdict.positive for verdict in verdicts):
        return Guard(first.identity, tuple(text for verdict in verdicts for text in verdict.texts), positive=True)
    return Guard("if" + mark(run, at), tuple(str(index + 1) for index in range(len(verdicts))), positive=True)


def _join_exact(
    run: Run, identity: str, options: list[tuple[str, Outcome]], otherwise: Outcome | None, at: int
) -> None:
    """Meet after branches on one identity; where its domain is known every text gets its own outcome."""
    domain = domain_of(run, identity)
    if domain:
        given: dict[str, Outcome] = {}
        for text, outcome in options:
            given.setdefault(text, outcome)
        options = [(text, chosen) for text in domain if (chosen := given.get(text, otherwise))]
        otherwise = None
    join(run, identity, options, otherwise, at)


def follow_case(run: Run, node: shell.Case) -> None:
    """Follow ``case``: as tests for equality where every pattern is a plain text."""
    subject = expand(run, node.subject)
    arms: list[Arm] = []
    otherwise: tuple[shell.Node, ...] | None = None
    for patterns, body in node.arms:
        texts = [text_of_raw(expand(run, pattern)) for pattern in patterns]
        if texts == ["*"]:
            otherwise = body
            break
        arms.append((partial(_pattern, run, subject, texts), body))
    choose(run, arms, otherwise, node.start)


def _pattern(run: Run, subject: Raw, texts: Sequence[str | None]) -> Verdict:
    """Judge one arm; with more than stars in its patterns it may hold for more texts than are listed."""
    plain = tuple(text for text in texts if text is not None and is_simple(text))
    verdict = among(run, subject, plain)
    return verdict if verdict.decided or len(plain) == len(texts) else NOTHING


def follow_chain(run: Run, node: shell.Chain) -> None:
    """Follow ``a && b || c``: as ``if`` where it begins with a test, else one after the other."""
    items = list(node.items)
    size = 0
    while size < len(items) and is_test(items[size][1]):
        size += 1
    if size == len(items):
        judge(run, (node,))
        return
    if size:
        _guarded(run, node, size)
        return
    run.evaluate(run, (items[0][1],))
    for operator, item in items[1:]:
        if run.left:
            return
        if operator == "&&":
            run.evaluate(run, (item,))
        else:
            _alternative(run, item)


def _guarded(run: Run, node: shell.Chain, size: int) -> None:
    """Follow a chain that begins with ``size`` tests."""
    head = shell.Chain(node.items[:size], node.start) if size > 1 else node.items[0][1]
    rest = node.items[size:]
    split = next((index for index, (operator, _) in enumerate(rest) if operator == "||"), len(rest))
    body = tuple(item for _, item in rest[:split])
    otherwise = tuple(item for _, item in rest[split:])
    choose(run, [(partial(judge, run, (head,)), body)], otherwise or None, node.start)


def _alternative(run: Run, node: shell.Node) -> None:
    """Follow what runs only where a command failed; what it changes is not known after it."""
    place = directory(run)
    guard = Guard("||" + mark(run, 0), ("1",), positive=True)
    outcome = take(run, partial(run.evaluate, run, (node,)), (), guard)
    if outcome.left:
        return
    for name in outcome.changes:
        if name[0] != "/":
            assign(run, name, raw((Hole(name + mark(run, 0), None, "depends on a failure"),)))
    assign(run, DIRECTORY, place)


def follow_for(run: Run, node: shell.Loop) -> None:
    """Follow ``for x in …`` once, for all items at a time."""
    items = _items(run, node)
    start = node.start
    identity = node.name + mark(run, start)
    if items is not None and not items:
        return
    _carry(run, node)
    if items is None:
        run.loose += 1
        assign(run, node.name, _any_item(run, node, identity))
    elif len(items) == 1:
        assign(run, node.name, raw(items[0][1]))
    else:
        narrow(run, identity, tuple(text for text, _ in items))
        assign(run, node.name, forked(identity, [(text, raw(value)) for text, value in items], None))
    place = directory(run)
    run.evaluate(run, node.body)
    run.loose -= items is None
    if run.left in {"break", "continue"} or items is None:
        run.left = ""
    if items is None or len(items) > 1:
        assign(run, DIRECTORY, place)
    if items and len(items) > 1:
        _leave(run, identity, items[-1][0])


def _leave(run: Run, identity: str, last: str) -> None:
    """After a loop its variables hold what the last item gave them."""
    for name, variable in list(run.layers[-1].items()):
        if variable.content and identity in identities(variable.content):
            run.layers[-1][name] = variable._replace(content=tuple(settled(variable.content, {identity: last}, {})))
    run.version += 1


def _items(run: Run, node: shell.Loop) -> list[tuple[str, Value]] | None:
    """Return the items of a loop with their texts, None where they are not all known."""
    if node.items is None:
        return None
    found: dict[str, Value] = {}
    for word in node.items:
        written = "".join(part.text for part in word.parts if isinstance(part, shell.Text) and not part.quoted)
        if any(char in written for char in "*?[{"):
            return None
        content = expand(run, word)
        fork = single_fork(content)
        if fork or any(not isinstance(bit.piece, Literal | Fields) for bit in content):
            return None
        for field in fields(content, {}, domains_here(run)):
            if not known(field.value):
                return None
            found.setdefault("".join(piece.text for piece in field.value if isinstance(piece, Literal)), field.value)
    return list(found.items()) if len(found) <= _ITEMS else None


def _any_item(run: Run, node: shell.Loop, identity: str) -> Raw:
    """Return what stands for any item: the text around a glob's star, else a hole."""
    words = node.items or ()
    if len(words) == 1 and all(isinstance(part, shell.Text) for part in words[0].parts):
        text = run.text[words[0].start : words[0].end]
        before, star, after = text.partition("*")
        if star and not any(char in before + after for char in "*?[]{}'\"\\"):
            pieces = (Literal(before), Hole(identity, None, "any file"), Literal(after))
            return raw(tuple(piece for piece in pieces if isinstance(piece, Hole) or piece.text))
    listed = any(isinstance(part, shell.Substitution) for word in words for part in word.parts)
    why = "an item of a command's output" if listed else "an item of a loop"
    return raw((Hole(identity, run.place(node.start, node.start), why),))


def follow_while(run: Run, node: shell.Loop) -> None:
    """Follow ``while`` and ``until`` once; whatever they change is not known after."""
    _carry(run, node)
    judge(run, node.condition)
    before = directory(run)
    run.loose += 1
    if node.name:
        assign(run, node.name, raw((Hole(node.name + mark(run, node.start), None, "an item of a loop"),)))
    outcome = take(
        run, partial(run.evaluate, run, node.body), (), Guard("while" + mark(run, node.start), ("1",), positive=True)
    )
    run.loose -= 1
    for name in outcome.changes:
        if name[0] != "/":
            assign(run, name, _carried(run, node, name))
    if ARGUMENTS in outcome.changes:
        assign(run, ARGUMENTS, start_arguments((), (0, mark(run, node.start))))
    assign(run, DIRECTORY, before)


def _carried(run: Run, node: shell.Loop, name: str) -> Raw:
    content = content_of(run, name)
    hole = single_hole(content) if content else None
    likely = hole.likely if hole else text_of_raw(content) if content else None
    return raw((Hole(name + mark(run, node.start), None, "set in a loop", likely or None),))


def _carry(run: Run, node: shell.Loop) -> None:
    """Before a loop's body its variables may hold what an earlier round left."""
    names: dict[str, None] = {}
    stack = list(node.body)
    while stack:
        item = stack.pop()
        run.budget -= 1
        stack.extend(shell.children(item))
        if isinstance(item, shell.Simple):
            names.update(dict.fromkeys(entry.name for entry in item.assignments))
            if item.words and run.text.startswith("shift", item.words[0].start):
                names[ARGUMENTS] = None
    for name in names:
        if name == ARGUMENTS:
            assign(run, ARGUMENTS, start_arguments((), (0, mark(run, node.start))))
        else:
            assign(run, name, _carried(run, node, name))
