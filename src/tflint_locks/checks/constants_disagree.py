"""Constants of a script that is named for one environment and has another one's account or region."""

from collections.abc import Iterator, Mapping

from tflint_locks.facts import Name, ScriptFile
from tflint_locks.finding import Match, Related
from tflint_locks.regex import regex
from tflint_locks.resolve.environment_places import environment_of_file, known_places, owner
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.stated import is_account
from tflint_locks.source import Source, Span
from tflint_locks.value import text_of

_ACCOUNT = regex(r"(?:EXPECTED_|TARGET_|AWS_){0,2}ACCOUNT(?:_ID|_NUMBER)?")
_REGION = regex(r"(?:EXPECTED_|AWS_){0,2}REGION")


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each constant that is another environment's."""
    places = known_places(repository)
    if len(places.accounts) < 2 and len(places.regions) < 2:  # noqa: PLR2004 (nothing could be another's)
        return
    for path, file in repository.facts.items():
        if not isinstance(file, ScriptFile) or file.kind in ("ci", "hook"):
            continue
        mine = environment_of_file(repository, path)
        for name in file.names if mine else ():
            text = text_of(name.value)
            if mine is None or text is None:
                continue
            if _ACCOUNT.fullmatch(name.name) and is_account(text):
                yield from _match(name, text, mine, places.accounts, "account")
            elif _REGION.fullmatch(name.name) and not _has(repository, places.regions.get(mine, {}), text):
                yield from _match(name, text, mine, places.regions, "region")


def _has(repository: Repository, stated: Mapping[str, Span], region: str) -> bool:
    """Tell whether a file of the environment names the region anywhere: a second one, for disasters or replicas."""
    sources = (repository.tree.text(span.path) for span in stated.values())
    return any(isinstance(source, Source) and region in source.text for source in sources)


def _match(name: Name, text: str, mine: str, known: Mapping[str, Mapping[str, Span]], kind: str) -> Iterator[Match]:
    found = owner(known, text, mine)
    if found is None or len(known[mine]) != 1:
        return
    other, span = found
    right, place = next(iter(known[mine].items()))
    yield Match(
        name.span,
        {
            "name": name.name,
            "value": f"`{text}`",
            "environment": mine,
            "other": other,
            "expected": f"`{right}`",
            "kind": kind,
        },
        (Related(place, f"{mine}'s {kind}"), Related(span, f"{other}'s {kind}")),
        environments=tuple(sorted((mine, other))),
        replacement=right,
    )
