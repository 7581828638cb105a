"""Where a lock table or state bucket is named outside the backend: variables, locals, policies, scripts.

Nearness alone makes no mention: a name, the actions granted on it, or the position it stands in does.
"""

from collections.abc import Iterable, Iterator

from tflint_locks.arn import LOCK_ACTIONS, action_matches, bucket_and_key, parse_arn, table_name
from tflint_locks.facts import Command, Name
from tflint_locks.hcl import Attribute
from tflint_locks.resolve.by_name import Names, names_of, near_to
from tflint_locks.resolve.configurations import Deployment
from tflint_locks.resolve.definitions import environment_of_command, operation
from tflint_locks.resolve.environments import Environments
from tflint_locks.resolve.model import Definition, Mention, Statement
from tflint_locks.resolve.placeholders import with_holes
from tflint_locks.resolve.roles import (
    LOCK_TABLE,
    STATE_BUCKET,
    names_lock_table,
    names_state_bucket,
    role_of_name,
    role_of_setting,
    says_terraform,
)
from tflint_locks.resolve.scope import Instance, attribute_of, called_module, look_up, scalar
from tflint_locks.value import Literal, Value, holes, span_of, text_of


def from_variables(instance: Instance, deployment: Deployment) -> Iterator[Mention]:
    """Yield the mentions of one module instance: variables and locals whose name says their role."""
    names = [("var", name) for name in instance.module.variables]
    if instance.parent is None:
        names += [("var", name) for name in instance.given.variables if name not in instance.module.variables]
    for kind, name in (*names, *(("local", name) for name in instance.module.locals)):
        role = role_of_name(name)
        if role:
            value = scalar(look_up(instance, (kind, name)))
            if value is not None:
                yield from mention(role, value, f"{kind}.{name}", "named here", "variable", deployment)
    yield from _from_calls(instance, deployment)


def _from_calls(instance: Instance, deployment: Deployment) -> Iterator[Mention]:
    """Yield what is given to modules that cannot be read: ARNs, and bare names where the input says Terraform's locks.

    A bare name may be that of something they create: it is no variable, but an ``input``.
    """
    for declared in instance.module.calls.values():
        if called_module(instance, declared) is not None:
            continue
        attributes = [item for item in declared.block.items if isinstance(item, Attribute)]
        for item in attributes:
            role = role_of_name(item.name)
            value = scalar(attribute_of(instance, declared, item.name)) if role else None
            if role is None or value is None:
                continue
            if parse_arn(value):
                if item.name.endswith("_arn"):
                    yield from mention(role, value, item.name, "named here", "variable", deployment)
            elif role == LOCK_TABLE and says_terraform(item.name):
                yield from mention(role, value, item.name, "named here", "input", deployment)


def mention(  # noqa: PLR0913, PLR0917 (what a mention is made of)
    role: str, value: Value, evidence: str, means: str, source: str, owner: Deployment | Statement
) -> Iterator[Mention]:
    """Yield the mention a value makes: of an ARN the resource part; nothing where it cannot hold the role."""
    bare, region, account = bare_name(role, value)
    if not bare or not (text := "".join(piece.text for piece in bare if isinstance(piece, Literal))).strip():
        return
    if text.lower() in ("true", "false", "null") or any(char in text for char in " /{}") or "*" in text:
        return
    span = span_of(bare)
    if span is not None:
        yield Mention(
            role, with_holes(bare), span, evidence, means, source, owner.project, owner.environment, owner.root,
            region, account,
        )  # fmt: skip


def bare_name(role: str, value: Value) -> tuple[Value | None, Value | None, Value | None]:
    """Return the name a value holds with the region and account its ARN states."""
    arn = parse_arn(value)
    if arn is None:
        text = text_of(value)
        return (None if text is not None and ":" in text else value), None, None
    if role == LOCK_TABLE:
        return table_name(arn), _stated(arn.region), _stated(arn.account)
    found = bucket_and_key(arn)
    return (found[0] if found else None), None, None


def _stated(value: Value) -> Value | None:
    return value if value and text_of(value) not in ("", "*") else None


def from_statements(statements: Iterable[Statement], tables: Iterable[str]) -> Iterator[Mention]:
    """Yield the lock tables and state buckets that statements grant.

    Two or more of the lock's actions are granted on any application's table too: the table's name must say that it
    holds locks, or be near one of the lock tables in use.
    """
    known = names_of(tables, ())
    for statement in statements:
        if not statement.allow or statement.negated or not statement.resources:
            continue
        granted = granted_actions(statement, LOCK_ACTIONS)
        objects = granted_actions(statement, ("s3:PutObject",))
        for resource in statement.resources:
            if len(granted) > 1 and _is_lock_table(resource, known):
                yield from mention(
                    LOCK_TABLE, resource, "lock actions are granted on it", "granted here", "policy", statement
                )
            elif objects and _names_state(resource):
                yield from mention(STATE_BUCKET, resource, "its name says state", "granted here", "policy", statement)


def granted_actions(statement: Statement, wanted: Iterable[str]) -> list[str]:
    """Return which of some actions a statement certainly names, itself or by a glob."""
    return [
        action
        for action in wanted
        if any(action_matches(pattern, action) is True for pattern in statement.actions or ())
    ]


def _is_lock_table(resource: Value, tables: Names) -> bool:
    arn = parse_arn(resource)
    name = table_name(arn) if arn is not None and text_of(arn.service) == "dynamodb" else None
    if name is None:
        return False
    written = _literal_text(name)
    text = text_of(name)
    return names_lock_table(written) or (text is not None and bool(near_to(tables, text)))


def _names_state(resource: Value) -> bool:
    arn = parse_arn(resource)
    found = bucket_and_key(arn) if arn else None
    return found is not None and names_state_bucket(_literal_text(found[0]))


def _literal_text(value: Value) -> str:
    return "".join(piece.text for piece in value if isinstance(piece, Literal))


def from_definition(definition: Definition) -> Mention:
    """Return the mention a command makes by creating a table or bucket."""
    role = LOCK_TABLE if definition.kind == "table" else STATE_BUCKET
    return Mention(
        role, definition.name, definition.span, definition.proven, "created here", definition.source,
        definition.project,
        definition.environment, definition.root, definition.region, definition.account,
    )  # fmt: skip


def from_name(name: Name, environments: Environments, project: str | None) -> Mention | None:
    """Return the mention an assignment in a script makes by its name."""
    role = role_of_setting(name.name)
    if role is None or text_of(name.value) in (None, "") or " " in (text_of(name.value) or " "):
        return None
    bare, region, account = bare_name(role, name.value)
    span = span_of(bare) if bare else None
    if bare is None or span is None or any(holes(bare)):
        return None
    environment = environment_of_setting(name, environments)
    return Mention(role, bare, span, name.name, "named here", "variable", project, environment, None, region, account)


def environment_of_setting(name: Name, environments: Environments) -> str | None:
    """Return the environment of a setting: by the way to it (``environments.staging.lock_table``), else by its file."""
    above = name.name.rpartition(".")[0]
    return (environments.of_path(above.replace(".", "/")) if above else None) or environments.of_path(name.span.path)


_READS = {
    ("dynamodb", "describe-table"): "--table-name",
    ("dynamodb", "get-item"): "--table-name",
    ("dynamodb", "scan"): "--table-name",
    ("dynamodb", "delete-item"): "--table-name",
    ("dynamodb", "update-table"): "--table-name",
    ("dynamodb", "wait"): "--table-name",
}


def from_command(command: Command, environments: Environments, project: str | None) -> Mention | None:
    """Return the lock table or state bucket an aws command works on, when its name says that it is one."""
    service, name_of, found, _ = operation(command)
    is_bucket = (service, name_of) == ("s3api", "head-bucket")
    option = "--bucket" if is_bucket else _READS.get((service, name_of))
    value = found.get(option) if option else None
    span = span_of(value) if value else None
    says = names_state_bucket if is_bucket else names_lock_table
    if value is None or span is None or not says(_literal_text(value)):
        return None
    role = STATE_BUCKET if is_bucket else LOCK_TABLE
    environment = environment_of_command(command, environments)
    return Mention(role, value, span, f"aws {service} {name_of}", "used here", "command", project, environment)
