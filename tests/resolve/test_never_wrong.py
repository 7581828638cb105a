from collections.abc import Callable, Mapping

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tflint_locks.resolve.evaluate import Scope, evaluate_span
from tflint_locks.resolve.results import hole_of, is_many
from tflint_locks.value import Members, Result, bind, compare, hole, literal, span_of

TEXTS = ["", "a", "b-a", "a-b_a", "A-", "5"]
LISTS: list[list[str]] = [[], ["a"], ["b-a", "", "a"], ["a", "a"]]
TEXT_CALLS = (
    "lower({t})|upper({t})|replace({t}, {t}, {t})|trimprefix({t}, {t})|trimsuffix({t}, {t})|trimspace({t})|"
    'join({t}, {l})|format("%s-%s", {t}, {t})|substr({t}, 0, 1)|coalesce({t}, {t})|element({l}, 1)|"{{{t}}}-{{{t}}}"|'
    "{c} ? {t} : {t}|try({t}, {t})|basename({t})|lookup({{a = {t}}}, {t}, {t})|{l}[0]|title({t})|trim({t}, {t})|"
    "jsonencode({t})|jsonencode({l})|jsondecode(jsonencode({l}))[0]|one({l})|tostring({t})|dirname({t})"
)
LIST_CALLS = (
    "[{t}, {t}]|concat({l}, {l})|compact({l})|distinct({l})|split({t}, {t})|flatten([{l}, {t}, {l}])|reverse({l})|"
    "[for v in {l} : upper(v)]|[for v in {l} : v if v != {t}]|{c} ? {l} : {l}|toset({l})|sort({l})|slice({l}, 0, 1)|"
    'formatlist("%s/%s", {t}, {l})|coalescelist({l}, {l})|values({{a = {t}, b = {t}}})|tolist({l})|{l}[*]|'
    "keys({{(upper({t})) = 1}})"
)
TRUTH_CALLS = (
    "{t} == {t}|{t} != {t}|startswith({t}, {t})|endswith({t}, {t})|contains({l}, {t})|length({l}) > 1|!({c})|"
    "{c} && {c}|{c} || {c}|can({t})|can({l}[1])|{l} == {l}"
)


def filled(pattern: str, depth: int, choose: "st.DataObject") -> str:
    """Write an expression after a pattern, its places filled with others."""
    kinds = {"{t}": text, "{l}": items, "{c}": truth}
    out = ""
    while True:
        found = min((at, sign) for sign in kinds if (at := pattern.find(sign)) >= 0 or (at := len(pattern)) >= 0)
        out += pattern[: found[0]]
        if found[0] == len(pattern):
            return (
                out.replace("{{", "${").replace("}}", "}")
                if out.startswith('"')
                else out.replace("{{", "{").replace("}}", "}")
            )
        out += kinds[found[1]](depth - 1, choose)
        pattern = pattern[found[0] + 3 :]


def text(depth: int, choose: "st.DataObject") -> str:
    if depth <= 0:
        return choose.draw(st.sampled_from(["var.x", "var.y", *(f'"{found}"' for found in TEXTS)]))
    return "(" + filled(choose.draw(st.sampled_from(TEXT_CALLS.split("|"))), depth, choose) + ")"


def items(depth: int, choose: "st.DataObject") -> str:
    if depth <= 0:
        return choose.draw(st.sampled_from(["var.l", "var.m", '["a", "b"]', "[]"]))
    return "(" + filled(choose.draw(st.sampled_from(LIST_CALLS.split("|"))), depth, choose) + ")"


def truth(depth: int, choose: "st.DataObject") -> str:
    if depth <= 0:
        return choose.draw(st.sampled_from(["true", "false", "var.x == var.y"]))
    return "(" + filled(choose.draw(st.sampled_from(TRUTH_CALLS.split("|"))), depth, choose) + ")"


def evaluated(expression: str, known: Mapping[str, Result]) -> Result:
    def lookup(names: tuple[str, ...]) -> tuple[Result, int]:
        name = ".".join(names[:2])
        return (known[name], 2) if name in known else (hole(name), 2)

    return evaluate_span(0, len(expression), Scope("a.tf", expression, lookup, lambda _: None, {}))


def refused(result: Result) -> bool:
    found = hole_of(result)
    return found is not None and found.why == "terraform refuses this expression"


def may_become(before: Result, after: Result, texts: Mapping[str, str]) -> bool:
    """Tell whether a result with holes may be the result once they are known."""
    if hole_of(after) or (hole_of(before) and not (isinstance(before, tuple) and bind(before, texts) != before)):
        return True
    if isinstance(before, tuple) and isinstance(after, tuple):
        return compare(bind(before, texts), after) is not False
    if isinstance(before, Members) and isinstance(after, list):
        return all(any(is_many(one) or may_become(one, other, texts) for one in before) for other in after)
    if isinstance(before, list) and isinstance(after, list):
        return lists_may_meet(before, after, texts)
    if isinstance(before, dict) and isinstance(after, dict):
        return before.keys() == after.keys() and all(may_become(before[key], after[key], texts) for key in before)
    return before is after


def lists_may_meet(before: list[Result], after: list[Result], texts: Mapping[str, str]) -> bool:
    if not before:
        return not after
    if is_many(before[0]):
        return any(lists_may_meet(before[1:], after[at:], texts) for at in range(len(after) + 1))
    return bool(after) and may_become(before[0], after[0], texts) and lists_may_meet(before[1:], after[1:], texts)


def choice_domains_hold(before: Result, after: Result) -> bool:
    """Tell whether a hole with a domain became one of its texts."""
    found = hole_of(before)
    if found is None or not found.domain or not isinstance(after, tuple) or hole_of(after):
        return True
    return any(compare(literal(one), after) is not False for one in found.domain)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    st.data(),
    st.integers(1, 3),
    st.sampled_from([text, items, truth]),
    st.sampled_from(TEXTS),
    st.sampled_from(TEXTS),
    st.sampled_from(LISTS),
    st.sampled_from(LISTS),
)
def test_what_is_said_with_holes_stays_true_when_they_are_filled(
    choose: st.DataObject,
    depth: int,
    kind: "Callable[[int, st.DataObject], str]",
    x: str,
    y: str,
    one: list[str],
    other: list[str],
) -> None:
    expression = kind(depth, choose)
    known: dict[str, Result] = {
        "var.x": literal(x),
        "var.y": literal(y),
        "var.l": [literal(found) for found in one],
        "var.m": [literal(found) for found in other],
    }
    after = evaluated(expression, known)
    for visible in ({}, {"var.l": known["var.l"]}, {"var.x": known["var.x"], "var.l": known["var.l"]}):
        before = evaluated(expression, visible)
        if refused(after):
            continue
        assert not refused(before), expression
        assert may_become(before, after, {"var.x": x, "var.y": y}), (expression, before, after)
        assert choice_domains_hold(before, after), (expression, before, after)
        for value in [before] if isinstance(before, tuple) else []:
            span = span_of(value)
            assert span is None or 0 <= span.start <= span.end <= len(expression)
