"""Terragrunt's functions, and those of Terraform's that treat paths: what they give in one context (DOMAIN §3.3)."""

import posixpath
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeAlias

from tflint_locks.resolve.functions import FUNCTIONS
from tflint_locks.resolve.jsontext import json_result
from tflint_locks.resolve.results import RefusedError, UnknownError, as_string, boolean, bounded, known_text
from tflint_locks.resolve.terragrunt_world import (
    Context,
    World,
    below_repository,
    exists,
    includes,
    place,
    place_of,
    read_config,
)
from tflint_locks.resolve.yamltext import yaml_result
from tflint_locks.source import Source, Span
from tflint_locks.value import Hole, Literal, Result, Value, literal, text_of

Function: TypeAlias = Callable[[World, Context, Sequence[Result]], Result]

_DEFAULT = "terragrunt.hcl"
_MOST_PARENTS = 100
_LOCKING = ("apply", "destroy", "import", "plan", "refresh", "taint", "untaint")
_COMMANDS: Mapping[str, tuple[str, ...]] = {
    "get_terraform_commands_that_need_locking": _LOCKING,
    "get_terraform_commands_that_need_vars": ("apply", "console", "destroy", "import", "plan", "push", "refresh"),
    "get_terraform_commands_that_need_input": ("apply", "import", "init", "plan", "refresh"),
    "get_terraform_commands_that_need_parallelism": ("apply", "plan", "destroy"),
}


def function_of(world: World, context: Context, name: str) -> Callable[[Sequence[Result]], Result] | None:
    """Return what a function does in a context; None where it is none of Terragrunt's."""
    if name in _COMMANDS:
        return lambda _: [literal(command) for command in _COMMANDS[name]]
    found = _FUNCTIONS.get(name)
    return partial(found, world, context) if found else None


def _texts(arguments: Sequence[Result]) -> list[str]:
    return [known_text(argument) for argument in arguments]


# ---------------------------------------------------------------- where files are


def _find_in_parents(world: World, context: Context, arguments: Sequence[Result]) -> Result:
    """Look for a file in the folders above the configuration's own, up to the repository's."""
    names = _texts(arguments[:1])
    wanted = (names[0] or _DEFAULT) if names else _DEFAULT
    choices = (wanted,) if names and names[0] else (_DEFAULT, f"{_DEFAULT}.json")
    folder = posixpath.dirname(context.config)
    for _ in range(_MOST_PARENTS):
        if not folder:
            break
        folder = posixpath.dirname(folder)
        for choice in choices:
            path = posixpath.normpath(posixpath.join(folder, choice))
            if exists(world, path):
                return place(path)
    if len(arguments) > 1:
        return arguments[1]
    raise RefusedError


def _included(world: World, context: Context, arguments: Sequence[Result]) -> str | None:
    """Return the path of the file that includes lead to: its own for an included file; None where there is none."""
    if context.included:
        return context.path
    found = includes(world, context)
    if not found:
        return None
    label = known_text(arguments[0]) if arguments else None
    chosen = [one for one in found if label is None or one.label == label]
    if len(chosen) != 1:
        raise RefusedError
    if chosen[0].path is None:
        raise UnknownError
    return chosen[0].path


def _relative_to_include(world: World, context: Context, arguments: Sequence[Result]) -> Result:
    path = _included(world, context, arguments)
    if path is None:
        return literal(".")
    return literal(_relative(posixpath.dirname(context.config), posixpath.dirname(path)))


def _relative_from_include(world: World, context: Context, arguments: Sequence[Result]) -> Result:
    path = _included(world, context, arguments)
    if path is None:
        return literal(".")
    return literal(_relative(posixpath.dirname(path), posixpath.dirname(context.config)))


def _relative(folder: str, start: str) -> str:
    """Return the path that leads from one folder to another."""
    return posixpath.relpath(f"/{folder}", f"/{start}")


def _own_folder(_world: World, context: Context, _: Sequence[Result]) -> Result:
    return place(posixpath.dirname(context.config))


def _parent_folder(world: World, context: Context, arguments: Sequence[Result]) -> Result:
    return place(posixpath.dirname(_included(world, context, arguments) or context.config))


def _original_folder(_world: World, context: Context, _: Sequence[Result]) -> Result:
    return place(posixpath.dirname(context.origin))


def _repository(_world: World, _context: Context, _: Sequence[Result]) -> Result:
    return place("")


def _to_repository(_world: World, context: Context, _: Sequence[Result]) -> Result:
    return literal(_relative("", posixpath.dirname(context.config)))


def _from_repository(_world: World, context: Context, _: Sequence[Result]) -> Result:
    return literal(posixpath.dirname(context.config) or ".")


# ---------------------------------------------------------------- what is read


def _read_config(world: World, context: Context, arguments: Sequence[Result]) -> Result:
    """Read another file; one that is not there is its default where one is given."""
    if not arguments:
        raise RefusedError
    folders = (posixpath.dirname(context.config), posixpath.dirname(context.path))
    paths = [place_of(as_string(arguments[0]), folder) for folder in folders]
    if paths[0] is None:
        raise UnknownError
    path = next((path for path in paths if path in world.reading.paths), None)
    if path is not None:
        return read_config(world, context, path)
    if len(arguments) > 1:
        return arguments[1]
    raise UnknownError


def _variable(_world: World, _context: Context, arguments: Sequence[Result]) -> Result:
    """Return the hole of an environment variable; its default is what it likely is."""
    if not arguments:
        raise RefusedError
    name = known_text(arguments[0])
    likely = text_of(arguments[1]) if len(arguments) > 1 else None
    return (Hole(f'get_env("{name}")', why=f"the environment sets {name}", likely=likely),)


def _first(_world: World, _context: Context, arguments: Sequence[Result]) -> Result:
    if not arguments:
        raise RefusedError
    return arguments[0]


def _text_of_file(world: World, context: Context, arguments: Sequence[Result]) -> Source:
    path = place_of(as_string(arguments[0]) if arguments else None, posixpath.dirname(context.path))
    source = world.tree.text(path) if path is not None and path in world.reading.paths else None
    if not isinstance(source, Source):
        raise UnknownError
    return source


def _file(world: World, context: Context, arguments: Sequence[Result]) -> Result:
    source = _text_of_file(world, context, arguments)
    return bounded(literal(source.text, Span(source.path, 0, len(source.text))))


def _file_exists(world: World, context: Context, arguments: Sequence[Result]) -> Result:
    """Tell that a file is there; one that is not may be made, or kept out of the repository."""
    _text_of_file(world, context, arguments)
    return boolean(True)  # noqa: FBT003 (the answer)


def _json(_world: World, _context: Context, arguments: Sequence[Result]) -> Result:
    return json_result(as_string(arguments[0] if arguments else None))


def _yaml(_world: World, _context: Context, arguments: Sequence[Result]) -> Result:
    return yaml_result(as_string(arguments[0] if arguments else None))


# ---------------------------------------------------------------- paths as texts


def _dirname(_world: World, _context: Context, arguments: Sequence[Result]) -> Result:
    inside = below_repository(as_string(arguments[0])) if len(arguments) == 1 else None
    if inside is None:
        return FUNCTIONS["dirname"](arguments)
    return place(posixpath.dirname(known_text(inside).strip("/")))


def _absolute(_world: World, context: Context, arguments: Sequence[Result]) -> Result:
    path = place_of(as_string(arguments[0]) if arguments else None, posixpath.dirname(context.path))
    if path is None:
        raise UnknownError
    return place(path)


def _replace(_world: World, _context: Context, arguments: Sequence[Result]) -> Result:
    """Take a folder of the repository from the path of another; every other replacement is Terraform's."""
    if len(arguments) == 3 and text_of(arguments[2]) == "":  # noqa: PLR2004 (subject, search, replacement)
        rest = _without(arguments[0], arguments[1])
        if rest is not None:  # the repository's folder cannot occur a second time
            return rest
    return FUNCTIONS["replace"](arguments)


def _trim_prefix(_world: World, _context: Context, arguments: Sequence[Result]) -> Result:
    rest = _without(arguments[0], arguments[1]) if len(arguments) == 2 else None  # noqa: PLR2004 (subject, prefix)
    return rest if rest is not None else FUNCTIONS["trimprefix"](arguments)


def _without(subject: Result, prefix: Result) -> Value | None:
    """Return what is left of a path behind the folder it begins with; None where that is not plain."""
    inside = below_repository(subject) if isinstance(subject, tuple) else None
    above = below_repository(prefix) if isinstance(prefix, tuple) else None
    text, start = text_of(inside), text_of(above)
    if text is None or start is None or not text.startswith(start):
        return None
    return (Literal(text[len(start) :]),)


_FUNCTIONS: Mapping[str, Function] = {
    "abspath": _absolute,
    "dirname": _dirname,
    "file": _file,
    "fileexists": _file_exists,
    "find_in_parent_folders": _find_in_parents,
    "get_env": _variable,
    "get_original_terragrunt_dir": _original_folder,
    "get_parent_terragrunt_dir": _parent_folder,
    "get_path_from_repo_root": _from_repository,
    "get_path_to_repo_root": _to_repository,
    "get_repo_root": _repository,
    "get_terragrunt_dir": _own_folder,
    "jsondecode": _json,
    "mark_as_read": _first,
    "path_relative_from_include": _relative_from_include,
    "path_relative_to_include": _relative_to_include,
    "read_terragrunt_config": _read_config,
    "replace": _replace,
    "trimprefix": _trim_prefix,
    "yamldecode": _yaml,
}
