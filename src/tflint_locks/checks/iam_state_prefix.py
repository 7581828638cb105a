"""Roles that may list the state bucket only under prefixes that Terraform does not ask for."""

from collections.abc import Iterator

from tflint_locks.finding import Match, Related, Severity
from tflint_locks.record import NamedTuple
from tflint_locks.resolve.endpoints import store
from tflint_locks.resolve.grants import by_role, covers_action, grants_more, grants_unread, on_object
from tflint_locks.resolve.model import Condition, Configuration, Repository, Statement
from tflint_locks.resolve.phrases import environments_of, listed, quoted, told
from tflint_locks.resolve.tools import may_be_tofu
from tflint_locks.value import Value, compare, known, literal, matches, shown, span_of, text_of

_LIST, _WRITE = "s3:ListBucket", "s3:PutObject"
_VARIABLE = "s3:prefix"
_DEFAULT = "env:"
# Tests that hold where the prefix equals one of the values, and those where it matches one as a glob.
_EXACT = ("stringequals", "stringequalsignorecase")
_GLOB = ("stringlike",)


class _Backend(NamedTuple):
    """A backend with the prefix under which Terraform lists its workspaces."""

    configuration: Configuration
    bucket: Value
    key: Value
    prefix: Value | None


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each role that writes a state and may not list its bucket as Terraform does."""
    backends = list(_backends(repository))
    if not backends:
        return
    found: list[Match] = []
    for statements in by_role(repository).values():
        if not any(_prefixes(statement) for statement in statements):
            continue
        mine = [backend for backend in backends if _writes(statements, backend)]
        found += _faults(repository, statements, mine) if mine else []
    if found and not grants_more(repository, "AmazonS3FullAccess") and not grants_unread(repository):
        yield from found


def _backends(repository: Repository) -> Iterator[_Backend]:
    for configuration in repository.configurations:
        bucket, key = configuration.value("bucket"), configuration.value("key")
        if configuration.type != "s3" or not configuration.closed or store(configuration) != "aws":
            continue
        if bucket and key and known(bucket) and known(key):
            yield _Backend(configuration, bucket, key, configuration.value("workspace_key_prefix"))


def _writes(statements: list[Statement], backend: _Backend) -> bool:
    """Tell whether a role certainly writes a backend's state, in its bucket and no other."""
    return any(
        not one.negated
        and not one.principal
        and covers_action(one, _WRITE) is True
        and any(on_object(resource, backend.bucket, backend.key) is True for resource in one.resources or ())
        for one in statements
    )


def _faults(repository: Repository, statements: list[Statement], mine: list[_Backend]) -> Iterator[Match]:
    """Yield what a role lacks, where that is so for every backend it writes."""
    bucket = mine[0].bucket
    listing = [one for one in statements if _may_list(one, bucket)]
    limits = [_prefixes(one) for one in listing]
    if not listing or any(prefixes is None for prefixes in limits):
        return
    if any(compare(backend.bucket, bucket) is not True for backend in mine):
        return
    allowed = [prefix for prefixes in limits for prefix in prefixes or ()]
    wrong = [prefix for prefix in allowed if _carries_bucket(prefix, mine)]
    if wrong and len(wrong) == len(allowed):
        yield from (_with_bucket(prefix, backend) for prefix in wrong for backend in mine[:1])
    elif not any(_covers(prefix, backend) for prefix in allowed for backend in mine) and _uses_workspaces(mine):
        yield _uncovered(repository, listing[0], allowed, mine[0])


def _may_list(statement: Statement, bucket: Value) -> bool:
    if statement.negated or not statement.whole or statement.resources is None:
        return True
    if covers_action(statement, _LIST) is False:
        return False
    return any(on_object(resource, bucket, None) is not False for resource in statement.resources)


class _Prefix(NamedTuple):
    """One value of a condition on the prefix; ``glob`` where it is matched as one."""

    value: Value
    glob: bool


def _prefixes(statement: Statement) -> list[_Prefix] | None:
    """Return the prefixes a statement limits listing to, None where it limits nothing or it cannot be told."""
    limits = [one for one in statement.conditions if one.variable.lower() == _VARIABLE]
    if len(limits) != 1 or statement.negated or not statement.whole or any(not c.test for c in statement.conditions):
        return None
    return _values(limits[0])


def _values(condition: Condition) -> list[_Prefix] | None:
    test = condition.test.lower().removeprefix("foranyvalue:").removeprefix("forallvalues:")
    if condition.values is None or test not in (*_EXACT, *_GLOB):
        return None
    return [_Prefix(value, test in _GLOB) for value in condition.values]


def _carries_bucket(prefix: _Prefix, mine: list[_Backend]) -> bool:
    """Tell whether a prefix begins with the bucket's own name, as no key and no workspace prefix does."""
    bucket, text = text_of(mine[0].bucket) or "", text_of(prefix.value)
    if text is None or not text.startswith(f"{bucket}/"):
        return False
    theirs = (shown(value) for backend in mine for value in (backend.key, backend.prefix) if value)
    return not any(value.startswith(f"{bucket}/") or value == bucket for value in theirs)


def _covers(prefix: _Prefix, backend: _Backend) -> bool:
    """Tell whether a prefix may be what Terraform lists: the workspaces' prefix with a slash at its end."""
    asked = (*(backend.prefix or literal(_DEFAULT)), *literal("/"))
    answer = matches(prefix.value, asked) if prefix.glob else compare(prefix.value, asked)
    return answer is not False


def _uses_workspaces(mine: list[_Backend]) -> bool:
    """Tell whether listing matters: a prefix of one's own is listed by every init, the default one for workspaces."""
    return all(backend.prefix or text_of(backend.configuration.workspace) != "default" for backend in mine)


def _with_bucket(prefix: _Prefix, backend: _Backend) -> Match:
    configuration = backend.configuration
    text = text_of(prefix.value) or ""
    span = span_of(prefix.value) or configuration.anchor
    whole = span.end - span.start == len(text)
    return Match(
        span,
        {"prefix": quoted(prefix.value), "bucket": quoted(backend.bucket)},
        (Related(configuration.place("bucket"), "the state bucket"),),
        message="bucket",
        environments=environments_of(configuration),
        replacement=text.removeprefix(f"{text_of(backend.bucket)}/") if whole else None,
    )


def _uncovered(repository: Repository, statement: Statement, allowed: list[_Prefix], backend: _Backend) -> Match:
    configuration = backend.configuration
    span = next((place for prefix in allowed if (place := span_of(prefix.value))), statement.span)
    asked = f"{told(backend.prefix)}/" if backend.prefix else f"{_DEFAULT}/"
    severity = Severity.NOTE if backend.prefix is None else Severity.WARNING if may_be_tofu(repository) else None
    names = list(dict.fromkeys(quoted(prefix.value) for prefix in allowed))
    return Match(
        span,
        {"allowed": listed(names), "asked": f"`{asked}`", "bucket": quoted(backend.bucket)},
        (Related(configuration.place("workspace_key_prefix"), "terraform lists the workspaces below this"),),
        cause=statement.span,
        message="default" if backend.prefix else "workspaces",
        environments=environments_of(configuration),
        severity=severity,
    )
