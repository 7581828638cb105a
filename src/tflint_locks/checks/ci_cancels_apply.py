"""Concurrency groups whose new run cancels one that changes the state."""

from collections.abc import Iterator

from tflint_locks.finding import Match, Related
from tflint_locks.resolve.ci_jobs import Changing, cancels, changing, group_places
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.unbacked import is_unbacked
from tflint_locks.source import Source, Span


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each group that cancels, with the commands that it can cut off."""
    for group, changes in group_places(changing(repository)).values():
        cut = [change for change in changes if cancels(group, change) and _locks_matter(repository, change)]
        if cut and group.cancel_span:
            yield _match(group.cancel_span, cut, _repair(repository, group.cancel_span))


def _locks_matter(repository: Repository, change: Changing) -> bool:
    """Tell whether the state is one that a run cut off leaves locked: kept in a bucket, worked on by this machine."""
    if is_unbacked(repository, change.run.span):
        return False
    known = change.configurations or tuple(one for one in repository.configurations if one.root == change.run.place)
    return bool(known or repository.configurations) and all(
        one.type == "s3" for one in known or repository.configurations
    )


def _repair(repository: Repository, place: Span) -> str | None:
    """Return ``false`` for a plain ``true``; what an expression should say is for people."""
    source = repository.tree.text(place.path)
    plain = isinstance(source, Source) and source.text[place.start : place.end] == "true"
    return "false" if plain else None


def _match(place: Span, cut: list[Changing], repair: str | None) -> Match:
    spans = {change.run.span: change for change in cut}
    related = tuple(Related(span, "a new run stops this") for span in sorted(spans))
    first = spans[min(spans)].run.invocation
    events = sorted({event for change in cut for event in change.events})
    return Match(
        place,
        {"command": f"{first.tool} {first.subcommand}"},
        related,
        notes=(f"can run on {', '.join(events)}",),
        replacement=repair,
    )
