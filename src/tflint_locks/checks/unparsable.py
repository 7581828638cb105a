"""Files that do not parse: errors where Terraform reads them, notes elsewhere.

Before a file of HCL is called unparsable python-hcl2 reads it too, imported only then.
"""

import posixpath
from collections.abc import Iterator, Mapping
from functools import lru_cache

from tflint_locks.facts import Assignments, Fault, ScriptFile, TerraformFile, TerragruntFile
from tflint_locks.finding import Match, Related, Severity
from tflint_locks.hcl import check as check_hcl
from tflint_locks.hcl import parse
from tflint_locks.regex import regex
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.versions import left_by, required_versions
from tflint_locks.source import Source, Span
from tflint_locks.tree import text_in

_LARGEST = 64 * 1024
# What python-hcl2 is known to take though Terraform refuses it: its yes is no opinion on these.
_TAKEN_WRONGLY = frozenset(
    {"attribute redefined", "missing newline after argument", "unterminated string", "invalid escape sequence"}
)
_QUOTED_NAME = regex(r'"[^"\n]{1,100}"[ \t]*=')
_FIRST_NEW = (0, 12, 0)
_MERGE = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each file, at its first fault."""
    faults: dict[str, list[Fault]] = {}
    for fault in (*repository.faults, *_deeper(repository)):
        faults.setdefault(fault.span.path, []).append(fault)
    old = _old_folders(repository, faults)
    for path, found in faults.items():
        in_order = sorted(found, key=lambda one: one.span.start)
        if posixpath.dirname(path) in old and isinstance(repository.facts.get(path), TerraformFile):
            yield _one(in_order, "old", Severity.NOTE)
        else:
            yield from _match(repository, path, text_in(repository.tree, path), in_order)


def _old_folders(repository: Repository, faults: Mapping[str, list[Fault]]) -> frozenset[str]:
    """Return the folders in the language of Terraform before 0.12, where the names of arguments could be quoted."""
    found = {
        posixpath.dirname(path)
        for path, ones in faults.items()
        for fault in ones
        if _QUOTED_NAME.match(text_in(repository.tree, path), fault.span.start)
    }
    return frozenset(folder for folder in found if not _is_newer(repository, folder))


def _is_newer(repository: Repository, folder: str) -> bool:
    """Tell whether a pin or constraint leaves no version of Terraform before 0.12."""
    pins = [version.constraint for version in repository.versions if version.tool == "terraform"]
    pins += [text for text, _ in required_versions(repository, folder)]
    left = [left_by(pin) for pin in pins]
    return any(versions and min(versions) >= _FIRST_NEW for versions in left)


def _deeper(repository: Repository) -> Iterator[Fault]:
    """Yield the faults inside the expressions of files that say what the backend is or is given."""
    paths = {
        path for configuration in repository.configurations for path in (*configuration.files, *configuration.var_files)
    }
    paths |= {configuration.block.path for configuration in repository.configurations if configuration.block}
    paths |= {path for unit in repository.units for path in unit.files}
    for path in sorted(paths):
        source = repository.tree.text(path)
        fact = repository.facts.get(path)
        if not isinstance(source, Source) or path.endswith(".json") or len(source.text) > _LARGEST:
            continue
        if isinstance(fact, TerraformFile | Assignments | TerragruntFile) and not fact.faults:
            for fault in check_hcl(source.text, parse(source.text)):
                yield Fault(fault.message, Span(path, fault.start, fault.end), fault.template)


def _match(repository: Repository, path: str, text: str, faults: list[Fault]) -> Iterator[Match]:
    first = faults[0]
    merging = _is_merge(text, first.span.start)
    used = _is_used(repository, path, text)
    if first.foreign and not merging:
        if used:
            yield _one(faults, "template", Severity.NOTE)
    elif not used or isinstance(repository.facts.get(path), ScriptFile):
        yield _one(faults, "default", Severity.NOTE)
    elif merging or first.message in _TAKEN_WRONGLY or not _accepted_elsewhere(path, text):
        yield _one(faults, "default", None)
    else:
        yield _one(faults, "ours-only", Severity.NOTE)


def _one(faults: list[Fault], message: str, severity: Severity | None) -> Match:
    first = faults[0]
    others = tuple(Related(fault.span, fault.message) for fault in faults[1:])
    return Match(first.span, {"fault": first.message}, others, message=message, severity=severity)


def _is_merge(text: str, offset: int) -> bool:
    """Tell whether a fault stands on a line that an unfinished merge left behind."""
    start = text.rfind("\n", 0, offset) + 1
    return text.startswith(_MERGE, start)


def _is_used(repository: Repository, path: str, text: str) -> bool:
    """Tell whether a root module, one that a root calls, or an invocation reads a file."""
    if path in repository.used_paths or not isinstance(repository.facts.get(path), TerraformFile):
        return path in repository.used_paths
    return posixpath.dirname(path) in _roots(repository) or 'backend "' in text


@lru_cache(maxsize=1)
def _roots(repository: Repository) -> frozenset[str]:
    return frozenset(configuration.root for configuration in repository.configurations)


def _accepted_elsewhere(path: str, text: str) -> bool:
    """Ask another reader; one that gives up has no opinion."""
    if path.endswith(".json"):
        return _accepts_json(text)
    if len(text) > _LARGEST:
        return False
    import hcl2

    try:
        hcl2.loads(text)
    except (RecursionError, MemoryError):
        return False
    except Exception:  # noqa: BLE001 - whatever it raises, it refuses the text
        return False
    return True


def _accepts_json(text: str) -> bool:
    import json

    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
