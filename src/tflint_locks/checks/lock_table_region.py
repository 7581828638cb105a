"""Lock tables in another region than the backend's."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache

from tflint_locks.data.regions import REGIONS
from tflint_locks.finding import Match, Related, Severity
from tflint_locks.resolve.by_name import ByName, by_name, may_be
from tflint_locks.resolve.definitions import has_replicas
from tflint_locks.resolve.disagreements import disagreements
from tflint_locks.resolve.edits import verbatim, written
from tflint_locks.resolve.endpoints import store
from tflint_locks.resolve.expected import environment_word
from tflint_locks.resolve.model import Configuration, Definition, Mention, Pair, Repository
from tflint_locks.resolve.phrases import environments_of, quoted
from tflint_locks.resolve.roles import LOCK_TABLE
from tflint_locks.resolve.tables import lock_tables_by_name
from tflint_locks.resolve.used import used
from tflint_locks.source import Span
from tflint_locks.tree import Tree
from tflint_locks.value import Value, compare, span_of, text_of


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each region that certainly is not the backend's."""
    for configuration in repository.configurations:
        if configuration.closed and configuration.type == "s3" and _is_plain(configuration):
            yield from _own_arn(repository, configuration)
            yield from _created(repository, configuration)
    for pair in repository.pairs:
        if pair.mention.role == LOCK_TABLE and not _agreed(repository, pair):
            one = len({text_of(c.value("region")) for c in pair.configurations}) == 1
            for match in _named(pair, {True}):
                yield _repaired(repository.tree, match, pair.mention.region if one else None)
    for found in disagreements(repository, LOCK_TABLE):
        if found.created is None:
            severity = Severity.NOTE if found.idle else None if found.akin else Severity.WARNING
            matches = _named(found.pair, {False})
            yield from (match._replace(cause=found.mention.span, severity=severity) for match in matches)


def _is_plain(configuration: Configuration) -> bool:
    """Tell whether the backend is AWS itself, where a region is a region."""
    return store(configuration) == "aws" and "skip_region_validation" not in configuration.settings


def _region(configuration: Configuration) -> Value | None:
    value = configuration.value("region")
    return value if text_of(value) in REGIONS else None


def _own_arn(repository: Repository, configuration: Configuration) -> Iterator[Match]:
    """Yield a table given as ARN that does not lie in the backend's region."""
    found, region = used(configuration, LOCK_TABLE), _region(configuration)
    if found and region and _differ(found.region, region):
        match = _match(configuration, found.name, found.region, _span(found.region, found.span), "named here")
        yield _repaired(repository.tree, match, found.region, unsafe=True)


def _created(repository: Repository, configuration: Configuration) -> Iterator[Match]:
    """Yield the table's own definitions where they lie elsewhere and no other may be meant."""
    found, region = used(configuration, LOCK_TABLE), _region(configuration)
    if found is None or region is None or found.region is not None:
        return
    mine = list(may_be(lock_tables_by_name(repository), found.name))
    if mine and all(_belongs(table, configuration) and _lies_elsewhere(repository, table, region) for table in mine):
        for table in mine:
            match = _match(configuration, table.name, table.region, _span(table.region, table.span), "created here")
            # A provider's region is that of all its resources; a command's is its own.
            own = table.region if table.source == "command" else None
            yield _repaired(repository.tree, match, own, unsafe=True)


def _belongs(table: Definition, configuration: Configuration) -> bool:
    """Tell whether a definition is the configuration's own: prod may well lie elsewhere than dev."""
    return (table.project, table.environment) == (configuration.project, configuration.environment)


def _lies_elsewhere(repository: Repository, table: Definition, region: Value) -> bool:
    return _differ(table.region, region) and not has_replicas(repository.modules, repository.tree, table)


def _named(pair: Pair, wanted: set[bool | None]) -> Iterator[Match]:
    """Yield an ARN of another region whose name compares with the backends' as ``wanted``."""
    mention = pair.mention
    regions = [_region(c) if c.closed and _is_plain(c) and used(c, LOCK_TABLE) else None for c in pair.configurations]
    if not mention.region or mention.source == "command" or not all(r and _differ(mention.region, r) for r in regions):
        return
    names = [found.name for c in pair.configurations if (found := used(c, LOCK_TABLE))]
    answers = {compare(mention.value, name) for name in names}
    if answers == wanted:
        configuration = pair.configurations[0]
        yield _match(configuration, mention.value, mention.region, _span(mention.region, mention.span), mention.means)


def _agreed(repository: Repository, pair: Pair) -> bool:
    """Tell whether another place of the environment names the table in the backend's region: this one adds to it."""
    regions = [region for c in pair.configurations if (region := _region(c))]
    return any(
        other.region is not None and compare(other.region, region) is not False
        for other in _fellows(repository, pair.mention)
        for region in regions
    )


def _fellows(repository: Repository, mention: Mention) -> Iterator[Mention]:
    """Yield the other mentions of the project and environment that have the name, or may."""
    fellows = _named_for(repository)[mention.project, mention.environment]
    return (other for other in may_be(fellows, mention.value) if other.span != mention.span)


@lru_cache(maxsize=1)
def _named_for(repository: Repository) -> Mapping[tuple[str | None, str | None], ByName[Mention]]:
    found: dict[tuple[str | None, str | None], list[Mention]] = defaultdict(list)
    for mention in repository.mentions:
        if mention.role == LOCK_TABLE:
            found[mention.project, mention.environment].append(mention)
    return {place: by_name((one.value, one) for one in mentions) for place, mentions in found.items()}


def _differ(left: Value | None, right: Value) -> bool:
    return left is not None and text_of(left) in REGIONS and compare(left, right) is False


def _span(region: Value | None, fallback: Span) -> Span:
    return (span_of(region) if region else None) or fallback


def _repaired(tree: Tree, match: Match, region: Value | None, *, unsafe: bool = False) -> Match:
    """Add the backend's region as the repair, where the other one stands at the place of the match word for word."""
    backends = {written(tree, place.span) for place in match.related}
    right = backends.pop() if len(backends) == 1 else ""
    whole = right in REGIONS and region is not None and verbatim(tree, region) == match.at
    return match._replace(replacement=right if whole else None, unsafe=unsafe)


def _match(configuration: Configuration, table: Value, region: Value | None, span: Span, label: str) -> Match:
    expected = configuration.settings["region"]
    return Match(
        span,
        {
            "table": quoted(table),
            "region": quoted(region),
            "environment": environment_word([configuration.environment]),
            "expected": quoted(expected.value),
        },
        (Related(expected.span, "terraform looks for the table in this region"),),
        label=label,
        environments=environments_of(configuration),
        notes=configuration.notes,
        message={"created here": "created"}.get(label, "default"),
    )
