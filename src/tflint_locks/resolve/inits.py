"""Each init with the commands that run after it, up to the next one, parted where they select other workspaces."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

from tflint_locks.resolve.invocations import Flag, Invocation, chosen_workspace
from tflint_locks.value import Hole, Literal, Result, Value, shown, split, text_of

_WRITES = frozenset({"plan", "apply", "destroy", "import", "refresh"})
_MOST_WORKSPACES = 64
_UNSURE = Hole("init", why="another init may be the one before it")
_ONE_OF_SEVERAL: Value = (Hole("terraform.workspace", why="one of several that may be selected"),)


def inits_with_followers(commands: list[Invocation]) -> Iterator[tuple[Invocation, tuple[Invocation, ...]]]:
    """Yield each init with the commands after it in the same scope, up to the next init there."""
    scopes: dict[tuple[str, str], list[Invocation]] = defaultdict(list)
    for invocation in commands:
        scopes[invocation.command.place].append(invocation)
    for found in scopes.values():
        places = [shown(one.directory) for one in found]
        together: dict[str, list[Invocation]] = defaultdict(list)
        for place, invocation in zip(places, found, strict=True):
            together[place].append(invocation)
        met: Counter[str] = Counter()
        for place, init in zip(places, found, strict=True):
            here, index = together[place], met[place]
            met[place] += 1
            if init.subcommand == "init" and not _without_backend(init):
                followers = _prepared(init, here[:index], list(_followers(init, here[index + 1 :])))
                yield from ((init, part) for part in _by_workspace(followers))


def _prepared(init: Invocation, before: list[Invocation], followers: list[Invocation]) -> list[Invocation]:
    """Return the commands after an init; what those name is not known that another init may have prepared.

    That is one before an init which may not be run: for commands that run in any case, and for all of them where
    nothing stands between the two, which then are branches of one choice.
    """
    if not init.command.conditional:
        return followers
    last = next((index for index in reversed(range(len(before))) if _is_other(init, before[index])), None)
    if last is None:
        return followers
    beside = not any(_followers(before[last], before[last + 1 :]))
    return [_unsure(one) if beside or not one.command.conditional else one for one in followers]


def _is_other(init: Invocation, one: Invocation) -> bool:
    """Tell whether a command is an init of the same place that sets up another backend."""
    if one.subcommand != "init" or _without_backend(one) or not _consistent(init, one):
        return False
    mine, theirs = ([shown(flag.value) for flag in each.all("backend-config")] for each in (init, one))
    return mine != theirs


def _unsure(invocation: Invocation) -> Invocation:
    """Return a command with the var files and variables it is given as something unknown."""
    flags: list[Flag] = []
    for flag in invocation.flags:
        name = (*split(flag.value, "=", 1)[0], Literal("=")) if flag.name == "var" else ()
        flags.append(flag._replace(value=(*name, _UNSURE)) if flag.name in {"var", "var-file"} else flag)
    return invocation._replace(flags=tuple(flags))


def _by_workspace(followers: list[Invocation]) -> Iterator[tuple[Invocation, ...]]:
    """Yield the commands after an init, parted where another workspace is selected: each part writes its own state.

    What follows selects of which each may not be run is in a workspace that is not known.
    """
    names = {index: text_said(name) for index, one in enumerate(followers) if (name := selected_workspace(one))}
    starts = sorted({name: index for index, name in reversed(names.items())}.values())
    if not starts or len(starts) > _MOST_WORKSPACES:
        yield tuple(followers)
        return
    parts = [[followers[at], *_in_workspace(followers[at], followers[at + 1 :])] for at in starts]
    for before, part in pairwise(parts):
        if part[0].command.conditional and before[0].command.conditional and not any_writes(before):
            part[0] = part[0]._replace(arguments=(part[0].arguments[0], _ONE_OF_SEVERAL))
    busy = [part for part in (followers[: starts[0]], *parts) if any_writes(part)]
    yield from map(tuple, busy or parts)


def any_writes(commands: Iterable[Invocation]) -> bool:
    """Tell whether one of some commands may write a state."""
    return any(one.subcommand in _WRITES for one in commands)


def selected_workspace(invocation: Invocation) -> Value | None:
    """Return the workspace that a command of its own selects for those after it."""
    return chosen_workspace(invocation) if invocation.subcommand == "workspace" else None


def _in_workspace(select: Invocation, after: list[Invocation]) -> Iterator[Invocation]:
    """Yield the commands that run in a selected workspace, up to the next that is selected."""
    for one in after:
        name = selected_workspace(one)
        if not _may_follow(select, one):
            continue
        if name is None:
            yield one
        elif text_said(name) != text_said(selected_workspace(select)):
            return


def _may_follow(left: Invocation, right: Invocation) -> bool:
    """Tell whether two commands may be of one turn of a loop."""
    mine = {choice.identity: choice.texts for choice in left.command.choices}
    return all(
        not set(choice.texts).isdisjoint(mine.get(choice.identity, choice.texts)) for choice in right.command.choices
    )


def _without_backend(init: Invocation) -> bool:
    return any(text_of(flag.value) in ("false", "0", "f", "F", "FALSE", "False") for flag in init.all("backend"))


def _followers(init: Invocation, after: Iterable[Invocation]) -> Iterator[Invocation]:
    for invocation in after:
        if not _consistent(init, invocation):
            continue
        if invocation.subcommand == "init" and not _without_backend(invocation):
            return
        yield invocation


def _consistent(left: Invocation, right: Invocation) -> bool:
    mine = {choice.identity: choice.texts for choice in left.command.choices}
    return all(mine.get(choice.identity, choice.texts) == choice.texts for choice in right.command.choices)


def text_said(value: Result) -> str:
    """Return what a value says, wherever it stands."""
    return shown(value) if isinstance(value, tuple) else str(value)
