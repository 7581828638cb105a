"""Runs all rules over one tree and makes their matches into findings: merged by cause, silenced, narrowed, in order.

Knows no rule and no output format; pure for a given tree and day.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from typing import TypeAlias

from tflint_locks.catalog import Catalog
from tflint_locks.facts import DocumentFile, ScriptFile
from tflint_locks.finding import Edit, Finding, Match, Related, Report, Severity
from tflint_locks.places import Places
from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex
from tflint_locks.resolve.model import Configuration, Repository
from tflint_locks.resolve.phrases import named
from tflint_locks.rule import Rule
from tflint_locks.select import filled, select_matches
from tflint_locks.settings import OFF, Levels, Settings, matches
from tflint_locks.source import Span
from tflint_locks.suppress import EXPIRED, INVALID, OWN, UNUSED, Silencer, Silencers, read_silencers
from tflint_locks.tree import Tree, Without
from tflint_locks.value import holes, known

Load: TypeAlias = Callable[[Tree, Settings], Repository]
# What a repair may put in place of something else; names, paths, keys and ARNs are made of nothing else.
_PLAIN = regex(r"[\w./:@+=,*-]{0,1024}")
RANK = {Severity.NOTE: 0, Severity.WARNING: 1, Severity.ERROR: 2}
# Which rule speaks for a cause that several found (DESIGN §6); what is in none of these comes last.
ORDER: tuple[tuple[str, ...], ...] = (
    ("state-key-collision", "terragrunt-key-collapses"),
    ("lock-table-mismatch", "state-bucket-mismatch", "backend-sources-disagree", "state-locks-disjoint"),
    ("environment-crosswired",),
    (
        "iam-lock-table-mismatch",
        "iam-lock-actions-missing",
        "iam-resource-shape",
        "iam-lockfile-rights-missing",
        "iam-state-prefix",
    ),
    ("lock-table-undefined",),
    ("lock-table-unused",),
    ("lock-table-naming", "lock-table-naming-inconsistent"),
)
PRECEDENCE = {rule: index for index, rules in enumerate(ORDER) for rule in rules}
# What the rules of a subject, the first word of their ids, look at; without any of it they are not even loaded.
SUBJECTS: Mapping[str, Callable[[Repository], object]] = {
    "ci": lambda repository: repository.units or _states(repository, ScriptFile),
    "docs": lambda repository: _states(repository, DocumentFile),
    "iam": lambda repository: repository.statements,
    "terragrunt": lambda repository: repository.units,
}


class Ruled(NamedTuple):
    """A match with the rule it is of and the severity it has here."""

    rule: Rule
    match: Match
    severity: Severity

    @property
    def cause(self) -> Span:
        """The span that an edit would change."""
        return self.match.cause or self.match.at


def lint(tree: Tree, catalog: Catalog, settings: Settings, load: Load, narrowed: Iterable[str] = ()) -> Report:
    """Read a tree and run all rules; ``narrowed`` are the paths whose findings are reported, all if there are none."""
    repository = resolved(tree, settings, load)
    if isinstance(repository, str):
        return Report((), (repository,), 0, 0, 0, 0, ())
    errors: list[str] = []
    found = list(_run(repository, catalog, settings, errors))
    return _report(repository, catalog, settings, found, errors, tuple(narrowed))


def resolved(tree: Tree, settings: Settings, load: Load) -> Repository | str:
    """Return the repository, or what went wrong in the tool while it was read."""
    try:
        return load(Without(tree, settings.exclude) if settings.exclude else tree, settings)
    except Exception as error:  # noqa: BLE001 - the barrier: a fault of ours is said and ends in exit 2
        return f"the repository could not be read: {_fault(error)}"


def _fault(error: Exception) -> str:
    """Say what went wrong and where in the tool."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f" ({trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno})" if trace else ""
    return f"{type(error).__name__}: {error}{where}"


def _run(repository: Repository, catalog: Catalog, settings: Settings, errors: list[str]) -> Iterator[Ruled]:
    """Yield the matches of every rule that is on; a rule that fails is named in ``errors``."""
    if not repository.facts and not repository.unreadable:
        return
    levels = Levels(settings)
    for rule in catalog.values():
        level = levels.of(rule.id, OFF if rule.off else rule.severity)
        if rule.id in OWN or (level == OFF and not levels.anywhere(rule.id)):
            continue
        subject = None if rule.select else SUBJECTS.get(rule.id.partition("-")[0])
        if subject and not subject(repository):
            continue
        try:
            for match in _matches(repository, rule):
                moved = _at_targets(match, repository.tree)
                here = levels.on_path(rule.id, moved.at.path, level)
                if here != OFF:
                    yield Ruled(rule, moved, _severity(Severity(here), moved))
        except Exception as error:  # noqa: BLE001 - the barrier: a fault of ours is said and ends in exit 2
            errors.append(f"rule {rule.id}: {_fault(error)}")


def _states(repository: Repository, kind: type) -> bool:
    """Tell whether a file states facts of a kind."""
    return any(isinstance(facts, kind) for facts in repository.facts.values())


def _matches(repository: Repository, rule: Rule) -> Iterable[Match]:
    if rule.select:
        return select_matches(repository, rule)
    check = import_module(f"tflint_locks.checks.{rule.id.replace('-', '_')}")
    matches: Iterable[Match] = check.check(repository)
    return matches


def _severity(level: Severity, match: Match) -> Severity:
    """Return the level, lower where the match says so; a match never raises it."""
    return min(level, match.severity or level, key=RANK.__getitem__)


def _at_targets(match: Match, tree: Tree) -> Match:
    """Move places behind a link to where the text really stands, so that many links to one file are one cause."""
    links = tree.links
    if not links:
        return match

    def target(span: Span) -> Span:
        return span._replace(path=links.get(span.path, span.path))

    related = tuple(Related(target(place.span), place.message) for place in match.related)
    edits = tuple(Edit(target(edit.span), edit.text) for edit in match.edits)
    return match._replace(at=target(match.at), cause=match.cause and target(match.cause), related=related, edits=edits)


def _report(  # noqa: PLR0913, PLR0917 (all that a report is made of)
    repository: Repository,
    catalog: Catalog,
    settings: Settings,
    found: list[Ruled],
    errors: list[str],
    narrowed: tuple[str, ...],
) -> Report:
    places = Places(repository.tree)
    silence = _Silence(
        read_silencers(repository.remarks, settings, frozenset(catalog), places, time.strftime("%Y-%m-%d"))
    )
    groups = list(_by_cause(found).values())
    kept = [_spoken(group, silence, places) for group in groups]
    kept += [[one] for one in _about_silencing(silence, catalog, settings, places)]
    findings = (_finding(group) for group in kept if group)
    ordered = sorted((one for one in findings if _inside(one, narrowed)), key=lambda one: (*one.span, one.rule))
    judged = [item for item in repository.configurations if item.type == "s3"]
    unknown = [reasons for item in judged if (reasons := unknowns(item))]
    return Report(
        tuple(ordered),
        tuple(errors),
        sum(len(left) < len(group) for left, group in zip(kept, groups, strict=False)),
        len(repository.facts),
        len(judged),
        sum(item.closed for item in judged),
        repository.environments,
        tuple(dict.fromkeys(reason for reasons in unknown for reason in reasons)),
        known=len(judged) - len(unknown),
    )


def unknowns(configuration: Configuration) -> tuple[str, ...]:
    """Return why a configuration is not known: what may still contribute, and which of its values have holes."""
    values = ((name, configuration.value(name)) for name in ("bucket", "key", "dynamodb_table"))
    return configuration.open_reasons or tuple(
        f"{name} unknown ({named(next(iter(holes(value))))})" for name, value in values if value and not known(value)
    )


class _Silence:
    """What silences, and which of it has silenced something, or would have before its end."""

    def __init__(self, read: Silencers) -> None:
        self.silencers = read.silencers
        self.complaints = read.complaints
        self.used: set[Silencer] = set()
        self.late: set[Silencer] = set()

    def quiets(self, rule: str, spans: Iterable[Span], places: Places) -> bool:
        """Tell whether a rule is silenced at one of the places."""
        if not self.silencers:
            return False
        lines = [(span.path, places.position(span.path, span.start).line) for span in spans]
        speaking = {one for one in self.silencers if any(one.covers(rule, *place) for place in lines)}
        self.late.update(one for one in speaking if one.ended)
        in_force = {one for one in speaking if not one.ended}
        self.used.update(in_force)
        return bool(in_force)


def _spoken(group: list[Ruled], silence: _Silence, places: Places) -> list[Ruled]:
    """Return what is left of a cause's matches; nothing where all that speak for it are silenced."""
    quiet = [silence.quiets(one.rule.id, (one.match.at, one.cause), places) for one in group]
    speaker = _speaker(group).rule.id
    if all(silent for one, silent in zip(group, quiet, strict=True) if one.rule.id == speaker):
        return []
    return [one for one, silent in zip(group, quiet, strict=True) if not silent]


def _about_silencing(silence: _Silence, catalog: Catalog, settings: Settings, places: Places) -> Iterator[Ruled]:
    """Yield what is wrong with comments and settings that silence: unused, past their date, not to be understood."""
    levels = Levels(settings)
    told = [(INVALID, one.span, {"why": one.text}) for one in silence.complaints]
    for one in silence.silencers:
        words = {"rules": ", ".join(f"`{name}`" for name in one.rules), "until": one.ended}
        if one in silence.late:
            told.append((EXPIRED, one.span, words))
        elif one not in silence.used and not _is_off(one, catalog, levels):
            told.append((UNUSED, one.span, words))
    for name, span, words in told:
        rule = catalog.get(name)
        level = levels.on_path(name, span.path, levels.of(name, rule.severity)) if rule else OFF
        if rule and level != OFF:
            yield Ruled(rule, Match(_place_in_settings(span, settings, places), words), Severity(level))


def _is_off(silencer: Silencer, catalog: Catalog, levels: Levels) -> bool:
    """Tell whether one of the rules a silencer names is not on: whether it silences anything is not known then."""
    named = [rule for rule in catalog.values() if any(matches(name, rule.id) for name in silencer.rules)]
    return any(levels.of(rule.id, OFF if rule.off else rule.severity) == OFF for rule in named)


def _place_in_settings(span: Span, settings: Settings, places: Places) -> Span:
    """Return the place of a line of the settings, whose entries are known by their line."""
    if span.path != settings.path:
        return span
    return places.of_line(span.path, span.start)


def _by_cause(found: Iterable[Ruled]) -> Mapping[Span, list[Ruled]]:
    groups: dict[Span, list[Ruled]] = {}
    for one in found:
        groups.setdefault(one.cause, []).append(one)
    return groups


def _finding(group: list[Ruled]) -> Finding:
    """Make all matches of one cause into one finding; the first rule in order speaks, the others are named."""
    speaker = _speaker(group)
    same = [one for one in group if one.rule.id == speaker.rule.id]
    first = next((one for one in same if one.match.at == one.cause), same[0])
    others = {one.rule.id: one for one in reversed(group) if one.rule.id != speaker.rule.id}
    return Finding(
        first.rule.id,
        max((one.severity for one in group), key=RANK.__getitem__),
        message_of(first),
        first.match.at,
        tuple(sorted(others)),
        filled(first.match.label or first.rule.label, first.match.words),
        tuple(sorted({name for one in group for name in one.match.environments})),
        _related(first, same),
        _notes(first, same, others),
        *_repair([(first, same), *((one, [o for o in group if o.rule == one.rule]) for one in others.values())]),
    )


def _speaker(group: list[Ruled]) -> Ruled:
    return min(group, key=lambda one: (PRECEDENCE.get(one.rule.id, len(ORDER)), -RANK[one.severity], one.rule.id))


def message_of(one: Ruled) -> str:
    """Return the rule's message with the match's words in it."""
    messages = one.rule.messages
    return filled(messages[one.match.message], one.match.words)


def _related(first: Ruled, same: list[Ruled]) -> tuple[Related, ...]:
    """Return the places of all matches: those the first names, then where else the same fault stands."""
    elsewhere = (Related(one.match.at, "here too") for one in same)
    named = (place for one in same for place in one.match.related)
    places: dict[Span, Related] = {}
    for place in (*first.match.related, *elsewhere, *named):
        if place.span != first.match.at:
            places.setdefault(place.span, place)
    return tuple(places.values())


def _notes(first: Ruled, same: list[Ruled], others: Mapping[str, Ruled]) -> tuple[str, ...]:
    notes = list(dict.fromkeys(note for one in (first, *same) for note in one.match.notes))
    if (count := len({one.match.at for one in same})) > 1:
        notes.append(f"the same fault in {count} places, mended by one edit")
    if first.rule.effect:
        effect = first.match.words.get("effect", first.rule.effect)
        notes.append(f"effect: {filled(effect, first.match.words)}")
    notes += [f"also {rule}: {message_of(others[rule])}" for rule in sorted(others)]
    return tuple(notes)


def _repair(found: Iterable[tuple[Ruled, list[Ruled]]]) -> tuple[tuple[Edit, ...], bool]:
    """Return the repair of the first that has one: all would change the same cause."""
    for one, same in found:
        put = one.match.replacement
        edits = (*(() if put is None else (Edit(one.cause, put),)), *one.match.edits)
        if edits and one.rule.fix is not None and _is_plain(put) and _agree(same):
            return edits, one.rule.fix.safe and not any(other.match.unsafe for other in same)
    return (), False


def _is_plain(text: str | None) -> bool:
    """Tell whether a text means itself wherever it is put: in a string, a script, a workflow, a document."""
    return text is None or _PLAIN.fullmatch(text) is not None


def _agree(same: Iterable[Ruled]) -> bool:
    """Tell whether one rule's matches on one cause say the same: what is right for one may be wrong for the other."""
    return len({(one.match.replacement, one.match.edits) for one in same}) == 1


def _inside(finding: Finding, narrowed: tuple[str, ...]) -> bool:
    """Tell whether a finding has a place in or below one of the paths."""
    if not narrowed or "" in narrowed:
        return True
    paths = {finding.span.path, *(place.span.path for place in finding.related)}
    return any(path == given or path.startswith(given + "/") for path in paths for given in narrowed)
