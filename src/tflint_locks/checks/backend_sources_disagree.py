"""A backend block that is complete beside a backend file that says otherwise."""

import posixpath
from collections.abc import Iterator, Sequence

from tflint_locks.facts import Assignments
from tflint_locks.finding import Match, Related
from tflint_locks.resolve.backends import block_settings, file_settings, merged
from tflint_locks.resolve.beside import backend_files
from tflint_locks.resolve.model import Repository, Setting
from tflint_locks.resolve.modules import Declared
from tflint_locks.resolve.phrases import listed, quoted
from tflint_locks.resolve.words import environment_words, fold
from tflint_locks.tree import text_in
from tflint_locks.value import compare, known, text_of

# What makes another state, another lock, or another way to it.
_COMPARED = (
    "bucket",
    "key",
    "region",
    "dynamodb_table",
    "use_lockfile",
    "workspace_key_prefix",
    "kms_key_id",
    "role_arn",
)


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each root module, at the first value of the block that the file contradicts."""
    beside = backend_files(repository)
    roots = {configuration.root for configuration in repository.configurations if configuration.type == "s3"}
    for root in sorted(roots & beside.keys()):
        module = repository.modules.get(root)
        file = _only_file(repository, beside[root])
        if module is None or module.backend is None or file is None:
            continue
        stated = _block(repository, module.backend)
        if not all(_is_filled(stated.get(name)) for name in ("bucket", "key")):
            continue
        other = merged(file_settings(file, text_in(repository.tree, file.path), None))
        differing = [
            name for name in _COMPARED if name in stated and name in other and _differ(stated[name], other[name])
        ]
        if differing:
            yield _match(differing, stated, other, file.path)


def _only_file(repository: Repository, found: Sequence[Assignments]) -> Assignments | None:
    """Return the backend file of a root's folder, where it is the only one and not for some environments."""
    if len(found) != 1 or _names_environment(repository, posixpath.basename(found[0].path)):
        return None
    return found[0]


def _names_environment(repository: Repository, name: str) -> bool:
    return bool(environment_words(name, {fold(environment) for environment in repository.environments}))


def _block(repository: Repository, declared: Declared) -> dict[str, Setting]:
    return merged(block_settings(declared, text_in(repository.tree, declared.path), "block", None))


def _is_filled(setting: Setting | None) -> bool:
    return (
        setting is not None
        and isinstance(setting.value, tuple)
        and known(setting.value)
        and bool(text_of(setting.value))
    )


def _differ(block: Setting, file: Setting) -> bool:
    if not _is_filled(block) or not isinstance(block.value, tuple) or not isinstance(file.value, tuple):
        return False
    return not (block.fault or file.fault) and compare(block.value, file.value) is False


def _match(differing: list[str], stated: dict[str, Setting], other: dict[str, Setting], path: str) -> Match:
    first = differing[0]
    related = [Related(other[first].span, "the backend file's")]
    for name in differing[1:]:
        related += [
            Related(stated[name].span, f"`{name}` differs too"),
            Related(other[name].span, f"the backend file's `{name}`"),
        ]
    rest = [f"`{name}`" for name in differing[1:]]
    words = {
        "name": first,
        "value": quoted(stated[first].value),
        "file": path,
        "expected": quoted(other[first].value),
        "rest": listed(rest),
    }
    return Match(stated[first].span, words, tuple(related), message="several" if rest else "default")
