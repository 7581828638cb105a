"""What starts a GitLab job (``rules``, ``only``) and what keeps its runs apart (``resource_group``, ``interruptible``).

Of conditions it knows the predefined variables that they name; a job none of whose conditions speak of a push or merge
request is taken to run under no event.
"""

from collections.abc import Iterable

from tflint_locks.facts import Group, Job, Ran
from tflint_locks.read.yaml import Node, child
from tflint_locks.regex import regex
from tflint_locks.source import Span

_PUSHED = regex(r"\$CI_COMMIT_(?:BRANCH|REF_NAME|TAG)\b|\$CI_DEFAULT_BRANCH\b|['\"]push['\"]")
_MERGED = regex(r"['\"]merge_request_event['\"]|\$CI_MERGE_REQUEST_I?ID\b")
_RULES = 100
# New commits cancel what runs for the same branch or merge request.
_PER_BRANCH = "$CI_COMMIT_REF_NAME"


def job_of(scope: str, place: Span, keywords: "dict[str, tuple[str, Node]]", lines: Iterable[Span]) -> tuple[Job, ...]:
    """Return a job's facts, one for each file that lines of its script stand in.

    ``keywords`` are ``rules``, ``only``, ``resource_group``, ``interruptible``, each with the path it stands in.
    """
    nodes = {name: node for name, (_, node) in keywords.items()}
    events = _events(nodes)
    groups = tuple(_groups(keywords, events))
    by_path: dict[str, list[Ran]] = {}
    for line in lines:
        by_path.setdefault(line.path, []).append(Ran(line, events))
    return tuple(
        Job(scope, place if place.path == path else steps[0].span, events, (), groups, tuple(steps))
        for path, steps in by_path.items()
    )


def _groups(keywords: "dict[str, tuple[str, Node]]", events: tuple[str, ...]) -> Iterable[Group]:
    if "resource_group" in keywords:
        path, node = keywords["resource_group"]
        if node.kind == "scalar" and node.text:
            yield Group(node.text, Span(path, node.start, node.end))
    if "interruptible" in keywords:
        path, node = keywords["interruptible"]
        if node.text == "true":
            span = Span(path, node.start, node.end)
            yield Group(_PER_BRANCH, span, events, span)


def _events(nodes: "dict[str, Node]") -> tuple[str, ...]:
    """Return the events under which a job can run, in GitHub's words."""
    rules, only = nodes.get("rules"), nodes.get("only")
    if rules is not None:
        return _of_rules(rules)
    if only is None:
        return ("push",)
    refs = only if only.kind != "map" else child(only, "refs")
    texts = (
        [refs.text] if refs and refs.kind == "scalar" else [item.text for item in refs.items] if refs else ["branches"]
    )
    kinds = {
        "merge_requests": "pull_request",
        "schedules": "schedule",
        "triggers": "",
        "api": "",
        "web": "",
        "pipelines": "",
    }
    return tuple(event for event in dict.fromkeys(kinds.get(text, "push") for text in texts) if event)


def _of_rules(rules: Node) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for rule in rules.items[:_RULES]:
        if rule.kind != "map" or getattr(child(rule, "when"), "text", "") == "never":
            continue
        condition = getattr(child(rule, "if"), "text", "")
        if _MERGED.search(condition):
            found["pull_request"] = None
        elif not condition or (_PUSHED.search(condition) and "!=" not in condition):
            found["push"] = None
    return tuple(found)
