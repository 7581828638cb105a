"""Policy statements as far as they can be known, from ``aws_iam_policy_document`` blocks and from JSON texts.

A policy's argument is to be evaluated in a ``generous`` scope. Knows nothing of roles, projects and environments:
who uses a document says what its statements reach.
"""

from collections.abc import Callable, Iterator, Mapping

from tflint_locks.hcl import Attribute, Block, Expression, Object, Tuple
from tflint_locks.record import NamedTuple
from tflint_locks.resolve.evaluate import Scope, elements, evaluate_span
from tflint_locks.resolve.jsontext import JsonText, json_tree, place, result_at
from tflint_locks.resolve.model import Condition
from tflint_locks.resolve.results import RefusedError, UnknownError, derived, hole_of, is_many
from tflint_locks.source import Span
from tflint_locks.value import Hole, Result, Value, text_of

_MAX_ELEMENTS = 200
_SOURCES = ("source_policy_documents", "source_json")
_OVERRIDES = ("override_policy_documents", "override_json")


class Raw(NamedTuple):
    """One statement of a policy.

    Of ``actions`` and ``not_actions`` one is given, the other None; both are None where nothing is known of them;
    so ``resources``, both None also where a trust policy has none. ``whole`` is false where the lists may hold
    more than is known. ``certain`` is false where the statement may not be there at all (``dynamic`` over an
    unknown collection, an unknown effect). A document that may have further statements has one that is not
    certain and of which everything is None (``further``).
    """

    allow: bool
    actions: tuple[Value, ...] | None
    not_actions: tuple[Value, ...] | None
    resources: tuple[Value, ...] | None
    not_resources: tuple[Value, ...] | None
    has_condition: bool
    has_principal: bool
    span: Span
    whole: bool = True
    certain: bool = True
    sid: str = ""
    conditions: tuple[Condition, ...] = ()


# What statements the document has that a hole stands for; None where that is not known.
Follow = Callable[[Hole], "list[Raw] | None"]


def further(span: Span) -> Raw:
    """Return the statement that stands for all those of a document that are not known."""
    return Raw(True, None, None, None, None, False, False, span, whole=False, certain=False)  # noqa: FBT003


# ---------------------------------------------------------------- aws_iam_policy_document


def statements_of_document(block: Block, scope: Scope, follow: Follow = lambda _: None) -> list[Raw]:
    """Return the statements of a ``data "aws_iam_policy_document"`` block.

    ``scope`` stands where the block does; ``follow`` gives the statements of documents it is built on.
    """
    scope = scope._replace(generous=True)
    own: list[Raw] = []
    for item in block.items:
        if isinstance(item, Block) and item.type == "statement":
            own.append(_statement_of_block(item, scope))
        elif isinstance(item, Block) and _kind(item) == "statement":
            own += _dynamic_statements(item, scope)
    below = _included(block, _SOURCES, scope, follow)
    above = _included(block, _OVERRIDES, scope, follow)
    return _overlaid(_overlaid(below, own), above)


def _overlaid(below: list[Raw], above: list[Raw]) -> list[Raw]:
    """Let statements replace those of the same sid."""
    replaced = {raw.sid for raw in above if raw.sid and raw.certain}
    return [*(raw for raw in below if raw.sid not in replaced), *above]


def _included(block: Block, names: tuple[str, ...], scope: Scope, follow: Follow) -> list[Raw]:
    found: list[Raw] = []
    for item in block.items:
        if isinstance(item, Attribute) and item.name in names:
            result = evaluate_span(item.value_start, item.value_end, scope)
            where = Span(scope.path, item.value_start, item.value_end)
            for document in result if isinstance(result, list) else [result]:
                found = _overlaid(found, statements_of_policy(document, where, follow))
    return found


def statements_of_policy(policy: Result, where: Span, follow: Follow = lambda _: None) -> list[Raw]:
    """Return the statements of what a ``policy`` argument is worth; ``where`` is its place."""
    if policy is None:
        return []
    if not isinstance(policy, tuple):
        return [further(where)]
    whole_hole = hole_of(policy)
    if whole_hole is None:
        return statements_of_json(policy, where)
    followed = follow(whole_hole)
    return [further(where)] if followed is None else followed


def _statement_of_block(block: Block, scope: Scope, *, certain: bool = True) -> Raw:
    found: dict[str, Result] = {
        item.name: evaluate_span(item.value_start, item.value_end, scope)
        for item in block.items
        if isinstance(item, Attribute)
    }
    inner = {_kind(item) for item in block.items if isinstance(item, Block)}
    span = Span(scope.path, block.start, block.end)
    principal = bool(inner & {"principals", "not_principals"})
    made = _statement(found, span, "condition" in inner, principal, certain)
    return made._replace(conditions=tuple(_condition_of_block(item, scope) for item in _conditions(block)))


def _conditions(block: Block) -> list[Block]:
    return [item for item in block.items if isinstance(item, Block) and _kind(item) == "condition"]


def _condition_of_block(block: Block, scope: Scope) -> Condition:
    """Return a condition; one that is repeated for what is not known says nothing."""
    found = {
        item.name: evaluate_span(item.value_start, item.value_end, scope)
        for item in block.items
        if isinstance(item, Attribute) and block.type != "dynamic"
    }
    return _condition(text_of(found.get("test")), text_of(found.get("variable")), found.get("values"))


def _condition(test: str | None, variable: str | None, values: Result) -> Condition:
    listed, whole = _listed(values)
    return Condition(test or "", variable or "", listed if whole else None)


def _kind(block: Block) -> str:
    return block.labels[0].text if block.type == "dynamic" and block.labels else block.type


def _statement(
    found: Mapping[str, Result],
    span: Span,
    has_condition: bool,  # noqa: FBT001 (fields of the statement, in their order)
    has_principal: bool,  # noqa: FBT001
    certain: bool,  # noqa: FBT001
) -> Raw:
    actions, actions_whole = _listed(found.get("actions"))
    not_actions, not_actions_whole = _listed(found.get("not_actions"))
    resources, resources_whole = _listed(found.get("resources"))
    not_resources, not_resources_whole = _listed(found.get("not_resources"))
    effect = found.get("effect")
    stated = "Allow" if effect is None else text_of(effect)
    return Raw(
        stated != "Deny",
        actions,
        not_actions,
        resources,
        not_resources,
        has_condition,
        has_principal,
        span,
        actions_whole and not_actions_whole and resources_whole and not_resources_whole,
        certain and stated is not None,
        text_of(found.get("sid")) or "",
    )


def _listed(result: Result) -> tuple[tuple[Value, ...] | None, bool]:
    """Return the values of a list or of a scalar in place of one, and whether these are certainly all."""
    if result is None:
        return None, True
    items = result if isinstance(result, list) else [result]
    values = tuple(item for item in items if isinstance(item, tuple) and not is_many(item))
    return values, not any(hole_of(item) or not isinstance(item, tuple) for item in items)


def _dynamic_statements(block: Block, scope: Scope) -> list[Raw]:
    attributes = {item.name: item for item in block.items if isinstance(item, Attribute)}
    content = next((item for item in block.items if isinstance(item, Block) and item.type == "content"), None)
    repeated = attributes.get("for_each")
    if content is None or repeated is None:
        return []
    collection = evaluate_span(repeated.value_start, repeated.value_end, scope)
    named = attributes.get("iterator")
    iterator = scope.text[named.value_start : named.value_end] if named else "statement"
    found: list[Raw] = []
    for key, value, certain in _each_of(collection):
        bindings: dict[str, Result] = {**scope.bindings, iterator: {"key": key, "value": value}}
        found.append(_statement_of_block(content, scope._replace(bindings=bindings), certain=certain))
    return found


def _each_of(collection: Result) -> list[tuple[Result, Result, bool]]:
    """Return key, value and certainty of the elements of a collection; one that is not certain where it is unknown."""
    try:
        pairs = list(elements(collection))
        if len(pairs) <= _MAX_ELEMENTS:
            certain = not any(is_many(value) for _, value in pairs)
            return [(key, value, certain) for key, value in pairs]
    except (UnknownError, RefusedError):
        pass
    whole_hole = hole_of(collection) or derived("each", [])
    return [
        (
            (whole_hole._replace(identity=f"key of {whole_hole.identity}", domain=()),),
            (whole_hole._replace(identity=f"value of {whole_hole.identity}", domain=()),),
            False,
        )
    ]


# ---------------------------------------------------------------- JSON


def statements_of_json(value: Value, where: Span) -> list[Raw]:
    """Return the statements of a policy's text; ``where`` stands for the place of what was not written anywhere.

    A text that is no policy has none.
    """
    try:
        node, source = json_tree(value)
    except UnknownError:
        return [further(where)]
    if not isinstance(node, Object):
        return [further(where)] if hole_of(value) else []
    statements = _member(node, source, "statement")
    if statements is None:
        return []
    items = statements.items if isinstance(statements, Tuple) else (statements,)
    return [_statement_of_json(item, source, where) for item in items]


def _member(node: Object, source: JsonText, name: str) -> Expression | None:
    for key, value in node.items:
        if (text_of(result_at(key, source)) or "").lower() == name:
            return value
    return None


_ELEMENTS = {
    "sid": "sid",
    "effect": "effect",
    "action": "actions",
    "notaction": "not_actions",
    "resource": "resources",
    "notresource": "not_resources",
}


def _statement_of_json(node: Expression, source: JsonText, where: Span) -> Raw:
    if not isinstance(node, Object):
        return further(place(source, node.start, node.end) or where)
    found: dict[str, Result] = {}
    names: set[str] = set()
    for key, value in node.items:
        name = (text_of(result_at(key, source)) or "").lower()
        names.add(name)
        if name in _ELEMENTS or name == "condition":
            found[_ELEMENTS.get(name, name)] = result_at(value, source)
    principal = bool(names & {"principal", "notprincipal"})
    span = place(source, node.start, node.end) or where
    made = _statement(found, span, "condition" in names, principal, certain=True)
    return made._replace(conditions=tuple(_conditions_of_json(found.get("condition"))))


def _conditions_of_json(result: Result) -> Iterator[Condition]:
    """Yield the conditions of ``{"StringLike": {"s3:prefix": …}}``; one that says nothing where it is not known."""
    if result is None:
        return
    for test, variables in result.items() if isinstance(result, dict) else [("", None)]:
        for variable, values in variables.items() if isinstance(variables, dict) else [("", None)]:
            yield _condition(test, variable, values)
