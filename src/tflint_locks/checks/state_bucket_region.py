"""Buckets that are said to be in two regions."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from tflint_locks.arn import partition_of
from tflint_locks.data.regions import REGIONS
from tflint_locks.finding import Match, Related
from tflint_locks.record import NamedTuple
from tflint_locks.resolve.edits import written
from tflint_locks.resolve.endpoints import store
from tflint_locks.resolve.model import Repository
from tflint_locks.source import Span
from tflint_locks.tree import Tree
from tflint_locks.value import Result, known, span_of, text_of


class _Statement(NamedTuple):
    """A bucket with a region, as one place says; ``given`` is the flag that hands the region to an init."""

    bucket: str
    region: str
    span: Span
    creates: bool  # the bucket, rather than using it
    environment: str | None
    given: Span | None = None


def check(repository: Repository) -> Iterator[Match]:
    """Yield each region that contradicts where the bucket is created, or what most places say."""
    groups: dict[tuple[str, str | None], list[_Statement]] = defaultdict(list)
    for statement in _statements(repository):
        if statement.region in REGIONS:
            groups[statement.bucket, partition_of(statement.region)].append(statement)
    for found in groups.values():
        if len({statement.region for statement in found}) > 1:
            yield from _contradictions(repository.tree, found)


def _statements(repository: Repository) -> Iterator[_Statement]:
    for configuration in repository.configurations:
        bucket, region = configuration.value("bucket"), configuration.value("region")
        if configuration.type != "s3" or not configuration.closed or store(configuration) != "aws":
            continue
        if _text(bucket) and _text(region):
            setting = configuration.settings["region"]
            given = setting.name_span if setting.origin == "flag" else None
            yield _Statement(
                _text(bucket),
                _text(region),
                setting.span,
                creates=False,
                environment=configuration.environment,
                given=given,
            )
    for definition in repository.definitions:
        span = definition.region and span_of(definition.region)
        if definition.kind == "bucket" and _text(definition.name) and _text(definition.region):
            yield _Statement(
                _text(definition.name),
                _text(definition.region),
                span or definition.span,
                creates=True,
                environment=definition.environment,
            )


def _text(value: Result) -> str:
    return (text_of(value) or "") if isinstance(value, tuple) and known(value) else ""


def _contradictions(tree: Tree, found: list[_Statement]) -> Iterator[Match]:
    """Where the bucket is created wins, then the region stated in most places, then the one stated first."""
    distinct = sorted({statement.span: statement for statement in found}.values(), key=lambda one: one.span)
    makers = {statement.region for statement in distinct if statement.creates}
    if len(makers) > 1:
        return
    counted = Counter(statement.region for statement in distinct)
    right = next(iter(makers), None) or counted.most_common(1)[0][0]
    witnesses = [statement for statement in distinct if statement.region == right]
    for statement in distinct:
        if statement.region != right:
            yield _match(tree, statement, sorted(witnesses, key=lambda one: not one.creates))


def _match(tree: Tree, statement: _Statement, witnesses: list[_Statement]) -> Match:
    words = {
        "bucket": f"`{statement.bucket}`",
        "value": f"`{statement.region}`",
        "expected": f"`{witnesses[0].region}`",
        "other": witnesses[0].span.path,
    }
    related = tuple(
        Related(one.span, "created in this region" if one.creates else "stated to be here") for one in witnesses
    )
    if statement.given:
        related = (*related, Related(statement.given, "given to init here"))
    found = (statement.environment,) if statement.environment else ()
    whole = written(tree, statement.span) == statement.region
    return Match(
        statement.span,
        words,
        related,
        message="created" if witnesses[0].creates else "default",
        environments=found,
        replacement=witnesses[0].region if whole else None,
    )
