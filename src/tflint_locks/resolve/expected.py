"""Words, related places and repairs for a place that names another table or bucket than it should."""

from collections.abc import Iterable

from tflint_locks.finding import Match, Related, Severity
from tflint_locks.resolve.disagreements import Disagreement
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.phrases import listed, quoted
from tflint_locks.resolve.roles import LOCK_TABLE, STATE_BUCKET, qualifiers
from tflint_locks.resolve.used import Used
from tflint_locks.source import Span
from tflint_locks.value import Value, known_text, text_of

# What comes of it, where that is known better than the rule says it.
EFFECTS = {
    (
        LOCK_TABLE,
        "created",
    ): "nothing locks in this table, and the one terraform looks for is not made: init succeeds, plan fails",
    (LOCK_TABLE, "granted"): "the role may not write the lock: every plan ends in AccessDenied",
    (
        STATE_BUCKET,
        "created",
    ): "no state is kept in this bucket, and the one terraform looks for is not made: init fails",
    (STATE_BUCKET, "granted"): "the role may not read or write the state: every plan ends in AccessDenied",
}


def environment_word(environments: Iterable[str | None]) -> str:
    """Return the one environment for a sentence, ``the backend`` where there are several or none."""
    names = {name for name in environments if name}
    return names.pop() if len(names) == 1 else "the backend"


def expected_words(expected: Iterable[Used]) -> str:
    """Return the names that would be right, for a sentence."""
    return listed(sorted({quoted(one.name) for one in expected}), "or")


def repair(value: Value, span: Span, expected: Iterable[Used]) -> str | None:
    """Return the one text that may stand at a place instead; None where the place is not the whole value."""
    names = {text_of(one.name) for one in expected}
    text = text_of(value)
    if len(names) != 1 or text is None or len(text) != span.end - span.start:
        return None
    return names.pop()


def disagreement_match(repository: Repository, found: Disagreement, shown_as: str) -> Match:
    """Return the match of a mention that disagrees; ``shown_as`` is what stands under the right places."""
    mention, created = found.mention, found.created
    environment = mention.environment or environment_word(one.configuration.environment for one in found.expected)
    words = {
        "subject": _subject(found),
        "value": quoted(mention.value),
        "environment": environment,
        "expected": expected_words(found.expected),
    }
    if found.created or found.granted:
        words["effect"] = EFFECTS[mention.role, "created" if created else "granted"]
    return Match(
        mention.span,
        words,
        tuple(Related(one.span, shown_as) for one in found.expected),
        message="created" if created else "default",
        label="created here" if created else "granted here" if found.granted else mention.means,
        environments=environments_in(found),
        notes=(f"paired: {found.pair.evidence}", *notes_of(found.expected)),
        severity=severity_of(found),
        replacement=repair(mention.value, mention.span, found.expected) if is_likely(found) else None,
        unsafe=is_doubtful(repository, found),
    )


def is_likely(found: Disagreement) -> bool:
    """Tell whether what is used is likely meant: a name without likeness is another thing's as often."""
    return found.created is not None or found.akin or severity_of(found) is None


def is_made(repository: Repository, name: str) -> bool:
    """Tell whether the repository certainly makes a table or bucket of a name: whoever names it may be right."""
    return any(text_of(one.name) == name for one in repository.definitions)


def is_doubtful(repository: Repository, found: Disagreement) -> bool:
    """Tell whether a repair is to be looked at: it changes what is made, or the name may be meant as it is."""
    if found.created is not None or not found.akin or severity_of(found) is not None:
        return True
    made = any(is_made(repository, text_of(one.name) or "") for one in found.expected)
    return not made and is_made(repository, text_of(found.mention.value) or "")


def severity_of(found: Disagreement) -> Severity | None:
    """Return what a disagreement is lowered to; None where it is as bad as its rule says."""
    if found.idle:
        return Severity.NOTE
    doubtful = found.mention.source == "input" or (found.created is not None and found.created.conditional)
    sure = found.akin or (found.mention.source == "policy" and not _is_a_strangers(found))
    return None if sure and not doubtful else Severity.WARNING


def _is_a_strangers(found: Disagreement) -> bool:
    """Tell whether a name and those expected have words that say whose they are, and none in common."""
    mine = qualifiers(known_text(found.mention.value), ())
    theirs = {word for one in found.expected for word in qualifiers(known_text(one.name), ())}
    return bool(mine) and bool(theirs) and not mine & theirs


def notes_of(expected: Iterable[Used]) -> list[str]:
    """Return what the configurations rest on, where that is not a command."""
    return list(dict.fromkeys(note for one in expected for note in one.configuration.notes))


def environments_in(found: Disagreement) -> tuple[str, ...]:
    """Return the environments a disagreement concerns."""
    names = {found.mention.environment, *(c.environment for c in found.pair.configurations)}
    return tuple(sorted(name for name in names if name))


def _subject(found: Disagreement) -> str:
    mention = found.mention
    if mention.source == "policy":
        return "a policy"
    name = mention.evidence.removeprefix("var.").removeprefix("local.")
    return f"`{name}`" if name else "a command"
