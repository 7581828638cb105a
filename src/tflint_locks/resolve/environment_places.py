"""Which account and region each environment is known to have, and where that is stated."""

import posixpath
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache

from tflint_locks.facts import Assignments
from tflint_locks.record import NamedTuple
from tflint_locks.resolve.environments import Environments
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.stated import backend_account, is_account
from tflint_locks.resolve.words import fold
from tflint_locks.source import Source, Span

_ACCOUNTS = frozenset(
    {"account_id", "aws_account_id", "account", "aws_account", "target_account_id", "allowed_account_id"}
)
_REGIONS = frozenset({"region", "aws_region"})


class Known(NamedTuple):
    """Texts an environment certainly has, each with where it is stated; none has a place that settings decide."""

    accounts: Mapping[str, Mapping[str, Span]]
    regions: Mapping[str, Mapping[str, Span]]


@lru_cache(maxsize=1)
def known_places(repository: Repository) -> Known:
    """Return the accounts and regions of each environment, by its name: from backends and from var files."""
    accounts: dict[str, dict[str, Span]] = defaultdict(dict)
    regions: dict[str, dict[str, Span]] = defaultdict(dict)
    for kind, environment, text, span in (*_of_backends(repository), *_of_var_files(repository)):
        (accounts if kind == "account" else regions)[environment].setdefault(text, span)
    return Known(dict(accounts), dict(regions))


def names_of(repository: Repository) -> Environments:
    """Return the repository's environments, to look for in names."""
    return Environments({fold(name): name for name in repository.environments}, repository.settings)


def _of_backends(repository: Repository) -> Iterator[tuple[str, str, str, Span]]:
    for configuration in repository.configurations:
        stated = backend_account(configuration) if configuration.type == "s3" else None
        if stated and configuration.environment:
            yield "account", configuration.environment, stated.account, stated.span


def _of_var_files(repository: Repository) -> Iterator[tuple[str, str, str, Span]]:
    names = names_of(repository)
    for path, file in repository.facts.items():
        environment = names.of_path(path) if isinstance(file, Assignments) and ".tfvars" in path else None
        source = repository.tree.text(path) if environment else None
        if not isinstance(file, Assignments) or environment is None or not isinstance(source, Source):
            continue
        for attribute in file.attributes:
            text = source.text[attribute.value_start : attribute.value_end].strip('"')
            span = Span(path, attribute.value_start + 1, attribute.value_end - 1)
            if attribute.name in _ACCOUNTS and is_account(text):
                yield "account", environment, text, span
            elif attribute.name in _REGIONS and text.replace("-", "").isalnum():
                yield "region", environment, text, span


def environment_of_file(repository: Repository, path: str) -> str | None:
    """Return the one environment a file's own name speaks of."""
    names = names_of(repository)
    stem = posixpath.basename(path).rpartition(".")[0]
    found = names.all_in(stem)
    return found[0] if len(found) == 1 else None


def owner(known: Mapping[str, Mapping[str, Span]], text: str, mine: str) -> tuple[str, Span] | None:
    """Return the one other environment that certainly has a text, where this one certainly has another."""
    if not known.get(mine) or text in known[mine]:
        return None
    found = [(environment, texts[text]) for environment, texts in known.items() if text in texts]
    return found[0] if len(found) == 1 else None
