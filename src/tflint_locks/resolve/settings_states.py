"""The states that settings files name: a bucket and a key side by side."""

import posixpath
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache

from tflint_locks.facts import Name, ScriptFile
from tflint_locks.resolve.model import Repository
from tflint_locks.source import Span
from tflint_locks.value import text_of

_Of = Mapping[tuple[str, str], tuple[Span, ...]]


@lru_cache(maxsize=1)
def settings_states(repository: Repository) -> _Of:
    """Return where settings files name each state's key, by bucket and key; only where both stand in one section."""
    found: dict[tuple[str, str], list[Span]] = defaultdict(list)
    for file in repository.facts.values():
        if isinstance(file, ScriptFile) and file.kind == "settings":
            for bucket, key, span in _named(file):
                found[bucket, key].append(span)
    return {state: tuple(spans) for state, spans in found.items()}


def _named(file: ScriptFile) -> Iterator[tuple[str, str, Span]]:
    sections: dict[str, dict[str, Name]] = defaultdict(dict)
    for name in file.names:
        section, _, leaf = name.name.rpartition(".")
        sections[section].setdefault(leaf, name)
    for names in sections.values():
        bucket, key = (text_of(names[leaf].value) if leaf in names else None for leaf in ("bucket", "key"))
        if bucket and key:
            yield bucket, posixpath.normpath(key), names["key"].span
