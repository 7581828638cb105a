"""What silences findings: comments on, above or anywhere in a file, and the ``ignore`` of the settings.

``tflint-locks: ignore[rule, …] reason`` speaks of its own line, and of the next where it stands alone; ``ignore-next``
of the next line, ``ignore-file`` of the file; the next line is all of a command that goes on over several, and in
documents the paragraph or block that follows. ``until=YYYY-MM-DD`` ends it. Knows places and rule ids, nothing of what
a rule finds.
"""

from collections.abc import Iterable, Iterator

from tflint_locks.facts import Remark
from tflint_locks.places import Places
from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex
from tflint_locks.settings import IgnoreSettings, Levels, Settings, covers, matches
from tflint_locks.source import Span

MARK = "tflint-locks:"
UNUSED, EXPIRED, INVALID = "suppression-unused", "suppression-expired", "suppression-invalid"
# Rules about silencing itself: they come of no check, and nothing silences them.
OWN = frozenset({UNUSED, EXPIRED, INVALID})
_VERBS = ("ignore-file", "ignore-next", "ignore")
_UNTIL = regex(r"(?:^|\s)until=(\S*)")
# What other tools are silenced with: people try it here.
_MEANT = ("disable", "skip", "off", "noqa", "nolint", "allow", "suppress", "silence", "ignored", "ignores")
_WORD = regex(r"([A-Za-z_-]*)\s*(\[?)")


class Silencer(NamedTuple):
    """One thing that silences: rules (ids or patterns) in lines of a file, or in all files that globs cover.

    ``lines`` is None where it speaks of all lines; ``globs`` are those of the settings. ``ended`` is the date, where it
    is past.
    """

    span: Span
    rules: tuple[str, ...]
    lines: range | None
    globs: tuple[str, ...] = ()
    ended: str = ""

    def covers(self, rule: str, path: str, line: int) -> bool:
        """Tell whether it speaks of a rule at a place."""
        here = any(covers(glob, path) for glob in self.globs) if self.globs else path == self.span.path
        return here and (self.lines is None or line in self.lines) and any(matches(name, rule) for name in self.rules)


class Complaint(NamedTuple):
    """A comment that should silence and cannot; ``text`` says why."""

    span: Span
    text: str


class Silencers(NamedTuple):
    """All that silences, and what cannot."""

    silencers: tuple[Silencer, ...]
    complaints: tuple[Complaint, ...]


def read_silencers(
    remarks: Iterable[Remark], settings: Settings, known: frozenset[str], places: Places, today: str
) -> Silencers:
    """Read comments and settings; ``today`` is a date, YYYY-MM-DD."""
    found: list[Silencer] = []
    complaints: list[Complaint] = []
    for remark in remarks:
        if MARK in remark.text:
            silencer, faults = _of_comment(remark, settings, known, places, today)
            complaints += [Complaint(remark.span, fault) for fault in faults]
            found += [silencer] if silencer else []
    for one in settings.ignores:
        span = Span(settings.path or "", one.line, one.line)  # the engine turns the line into a place
        if settings.require_reason and not one.reason:
            complaints.append(Complaint(span, "it gives no reason, which the settings ask for"))
        else:
            found.append(_of_settings(one, span, today))
    return Silencers(tuple(_joined(found)), tuple(complaints))


def _of_settings(one: IgnoreSettings, span: Span, today: str) -> Silencer:
    return Silencer(span, one.rules, None, one.paths, _ended(one.until, today))


def _of_comment(
    remark: Remark, settings: Settings, known: frozenset[str], places: Places, today: str
) -> tuple[Silencer | None, list[str]]:
    """Return what a comment silences, None where nothing; and what is wrong with it."""
    directive = remark.text.partition(MARK)[2].strip()
    verb = next((verb for verb in _VERBS if directive.startswith(verb)), "")
    if not verb and not _is_meant(directive):
        return None, []
    if not verb:
        return None, [f"`{MARK} {directive[:40]}` is not understood; write `{MARK} ignore[rule] reason`"]
    listed, closed, rest = directive.removeprefix(verb).strip().removeprefix("[").partition("]")
    names = [name.strip() for name in listed.split(",") if name.strip()]
    if not closed or not names:
        return None, [f"it names no rule; write `{MARK} {verb}[rule] reason`"]
    until = _UNTIL.search(rest)
    faults = [*_unknown(names, settings, known), *_wrong_end(until[1] if until else None)]
    if settings.require_reason and not _UNTIL.sub("", rest).strip():
        return None, [*faults, "it gives no reason, which the settings ask for"]
    usable = tuple(name for name in names if not any(f"`{name}`" in fault for fault in faults))
    if not usable or (until and _wrong_end(until[1])):
        return None, faults
    lines = _lines(verb, remark, places)
    return Silencer(remark.span, usable, lines, ended=_ended(until[1] if until else "", today)), faults


def _is_meant(directive: str) -> bool:
    """Tell whether what follows the tool's name should silence something: prose may name the tool, too."""
    word = _WORD.match(directive)
    if not word or not word[1]:
        return False
    from difflib import get_close_matches

    return bool(word[2] or get_close_matches(word[1].lower(), (*_VERBS, *_MEANT), 1, 0.8))


def _unknown(names: Iterable[str], settings: Settings, known: frozenset[str]) -> Iterator[str]:
    levels = Levels(settings)
    for name in names:
        meant = [rule for rule in known - OWN if matches(name, rule)]
        if not meant:
            yield f"`{name}` is no rule" if name not in OWN else f"nothing silences `{name}`"
        elif not all(levels.silenceable(rule) for rule in meant):
            yield f"the settings let nothing silence `{name}`"


def _wrong_end(until: str | None) -> list[str]:
    if until is None:
        return []
    from datetime import date

    try:
        whole = date.fromisoformat(until).isoformat() == until  # other forms of ISO 8601 do not sort as texts
    except ValueError:
        whole = False
    return [] if whole else ["a date is written until=YYYY-MM-DD"]


def _ended(until: str, today: str) -> str:
    """Return a date that is past, empty where it is not: dates of this form sort as texts."""
    return until if until and until < today else ""


def _lines(verb: str, remark: Remark, places: Places) -> range | None:
    """Return the lines a comment speaks of; None for all of the file."""
    if verb == "ignore-file":
        return None
    span = remark.span
    first, before = places.before(span.path, span.start)
    last, _ = places.before(span.path, max(span.start, span.end - 1))
    if verb == "ignore" and not _alone(before):
        return range(first, last + 1)
    _, following = places.statement(span.path, last + 1)
    if remark.reach and _alone(before):
        following = max(following, places.position(span.path, remark.reach).line)
    return range(last + 1 if verb == "ignore-next" else first, following + 1)


def _alone(before: str) -> bool:
    """Tell whether a comment has its line for itself, markers of the comment aside."""
    return not before.strip().strip("<!-{/*}")


def _joined(found: list[Silencer]) -> Iterator[Silencer]:
    """Let comments that stand one above the other, each alone on its line, all speak of the line below them."""
    below: dict[tuple[str, int], int] = {}
    for one in sorted(found, key=lambda one: one.span, reverse=True):
        if one.lines is None or len(one.lines) < 2:  # noqa: PLR2004 (its own line and the next)
            yield one
            continue
        last = below.get((one.span.path, one.lines[-1]), one.lines[-1])
        for line in one.lines[:-1]:
            below[one.span.path, line] = last
        yield one._replace(lines=range(one.lines[0], last + 1))
