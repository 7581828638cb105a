"""Policy statements as they stand in module instances and in policy files, with whom they belong to."""

from collections.abc import Iterable, Iterator
from functools import partial

from tflint_locks.hcl import Attribute, Block
from tflint_locks.regex import regex
from tflint_locks.resolve.configurations import Deployment
from tflint_locks.resolve.evaluate import evaluate_span
from tflint_locks.resolve.model import Statement
from tflint_locks.resolve.modules import Declared, argument, blocks
from tflint_locks.resolve.policies import (
    Raw,
    statements_of_document,
    statements_of_json,
    statements_of_policy,
)
from tflint_locks.resolve.scope import Given, Instance, Program, elements, scope_of
from tflint_locks.source import Span
from tflint_locks.value import Hole, Result, literal

_DOCUMENT = "aws_iam_policy_document"
_POLICIES = frozenset(
    "aws_iam_policy aws_iam_role_policy aws_iam_user_policy aws_iam_group_policy aws_s3_bucket_policy "
    "aws_dynamodb_resource_policy aws_ssoadmin_permission_set_inline_policy".split()
)
_INLINE = frozenset({"aws_iam_role"})
# Only statements that may reach a lock table or a state bucket are worth evaluating.
_LOCKS = ("dynamodb:putitem", "dynamodb:getitem", "dynamodb:deleteitem", "dynamodb:*")
_OBJECTS = ("s3:putobject", "s3:getobject", "s3:listbucket", "s3:*")
_STATE = regex(r"(?<![a-z])states?(?![a-z])|tfstate")
_MAX_NESTED = 8


def statements_of(instance: Instance, deployment: Deployment) -> Iterator[Statement]:
    """Yield the statements of the documents and policies that one module instance declares."""
    for raw in _raw_statements(instance):
        yield statement_of(raw, f"{deployment.root}/{deployment.environment}", deployment, "terraform")


def from_policy_file(program: Program, path: str, project: str | None, environment: str | None) -> Iterator[Statement]:
    """Yield the statements of a JSON policy file."""
    text = program.text(path)
    whole = Span(path, 0, len(text))
    owner = Deployment(project, None, environment, Given(), ())
    for raw in statements_of_json(literal(text, whole), whole):
        yield statement_of(raw, path, owner, "policy file")


def statement_of(raw: Raw, role: str, owner: Deployment, source: str) -> Statement:
    """Return a statement with whom it belongs to; ``source`` is what it stands in."""
    negated = raw.actions is None or raw.resources is None
    return Statement(
        raw.allow, raw.actions if raw.actions is not None else raw.not_actions,
        raw.resources if raw.resources is not None else raw.not_resources, negated,
        raw.has_condition or not raw.certain, raw.span, role, raw.whole, owner.root, owner.project, owner.environment,
        source=source, conditions=raw.conditions, principal=raw.has_principal, sid=raw.sid,
    )  # fmt: skip


def _raw_statements(instance: Instance) -> Iterator[Raw]:
    for (kind, _), declared in instance.module.data.items():
        if kind == _DOCUMENT and _speaks(instance, declared):
            yield from _document(instance, declared, 0)
    for (kind, _), declared in instance.module.resources.items():
        if (kind in _POLICIES or kind in _INLINE) and _speaks(instance, declared):
            yield from _of_resource(instance, declared)


def _speaks(instance: Instance, declared: Declared) -> bool:
    """Tell whether a block grants a lock's actions, speaks of state objects, or reads its policy from a file."""
    block = declared.block
    text = instance.program.text(declared.path)[block.start : block.end]
    return speaks_of_state(text) or "file(" in text


def speaks_of_state(text: str) -> bool:
    """Tell whether a text may grant anything on a lock table or a state bucket."""
    low = text.lower()
    if "dynamodb:" in low and any(action in low for action in _LOCKS):
        return True
    return "s3:" in low and any(action in low for action in _OBJECTS) and _STATE.search(low) is not None


def _document(instance: Instance, declared: Declared, depth: int) -> list[Raw]:
    """Return the statements of a policy document for every element it is made for."""
    found: list[Raw] = []
    follow = partial(_follow, instance, depth)
    for each in elements(instance, declared):
        scope = scope_of(instance, declared.path, each)
        found += statements_of_document(declared.block, scope, follow)
    return found


def _follow(instance: Instance, depth: int, hole: Hole) -> list[Raw] | None:
    """Return the statements of the document a hole stands for (``data.aws_iam_policy_document.x.json``)."""
    names = hole.identity.removeprefix(instance.name).lstrip(".").split(".")
    if len(names) < 4 or names[:2] != ["data", _DOCUMENT] or depth >= _MAX_NESTED:  # noqa: PLR2004 (data.type.name.json)
        return None
    declared = instance.module.data.get((_DOCUMENT, names[2]))
    return _document(instance, declared, depth + 1) if declared else None


def _of_resource(instance: Instance, declared: Declared) -> Iterator[Raw]:
    for each in elements(instance, declared):
        for where, policy in _policies(instance, declared, each):
            yield from statements_of_policy(policy, where, _nothing)


def _nothing(_: Hole) -> list[Raw]:
    """Return no statements: a document is read where it stands, not again where it is used."""
    return []


def _policies(instance: Instance, declared: Declared, each: "dict[str, Result]") -> Iterable[tuple[Span, Result]]:
    found = argument(declared, "policy")
    if found:
        where = Span(found.path, found.attribute.value_start, found.attribute.value_end)
        yield where, _granting(instance, where, each)
    for block in blocks(declared.block, "inline_policy"):
        yield from _inline(instance, declared.path, block, each)


def _inline(instance: Instance, path: str, block: Block, each: "dict[str, Result]") -> Iterator[tuple[Span, Result]]:
    for item in block.items:
        if isinstance(item, Attribute) and item.name == "policy":
            where = Span(path, item.value_start, item.value_end)
            yield where, _granting(instance, where, each)


def _granting(instance: Instance, where: Span, each: "dict[str, Result]") -> Result:
    """Evaluate a policy; what is granted on a condition counts as granted where it can be."""
    scope = scope_of(instance, where.path, each)._replace(generous=True)
    return evaluate_span(where.start, where.end, scope)
