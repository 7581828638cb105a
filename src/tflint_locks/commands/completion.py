"""``completion``: what bash, zsh and fish need to complete commands, options and their choices."""

import argparse
from collections.abc import Iterable, Iterator, Mapping

from tflint_locks import catalog
from tflint_locks.commands.terminal import print_lines

PROGRAM = "tflint-locks"


def run(arguments: argparse.Namespace) -> int:
    """Print the completion of a shell."""
    shells = {"bash": bash_lines, "zsh": zsh_lines, "fish": fish_lines}
    print_lines(shells[arguments.shell](_commands(arguments.parser())))
    return 0


def _commands(top: argparse.ArgumentParser) -> Mapping[str, argparse.ArgumentParser]:
    found: dict[str, argparse.ArgumentParser] = {}
    for action in top._actions:  # noqa: SLF001 (argparse has no other way to list them)
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 (as above)
            found.update(action.choices)
    return found


def _options(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    return (action for action in parser._actions if action.option_strings)  # noqa: SLF001 (as above)


def _words(parser: argparse.ArgumentParser) -> str:
    """Return what the first word after a command may be, where that is no file."""
    given = [action for action in parser._actions if not action.option_strings]  # noqa: SLF001 (as above)
    if given and given[0].dest == "rule":
        return " ".join(catalog.load_catalog())
    return " ".join(map(str, given[0].choices or ())) if given else ""


def _long(action: argparse.Action) -> str:
    return action.option_strings[-1]


def bash_lines(commands: Mapping[str, argparse.ArgumentParser]) -> Iterator[str]:
    """Yield a completion for bash."""
    yield "_tflint_locks() {"
    yield '  local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"'
    yield '  case "${COMP_WORDS[1]} $before" in'
    for name, parser in commands.items():
        for action in _options(parser):
            if action.choices:
                words = " ".join(map(str, action.choices))
                yield f"    '{name} {_long(action)}') COMPREPLY=($(compgen -W '{words}' -- \"$word\")); return ;;"
    yield "  esac"
    yield '  if [ "$COMP_CWORD" -eq 1 ]; then'
    yield f"    COMPREPLY=($(compgen -W '{' '.join(commands)}' -- \"$word\")); return"
    yield "  fi"
    yield '  case "${COMP_WORDS[1]}:$word" in'
    for name, parser in commands.items():
        words = " ".join(map(_long, _options(parser)))
        yield f"    {name}:-*) COMPREPLY=($(compgen -W '{words}' -- \"$word\")) ;;"
        if first := _words(parser):
            yield f'    {name}:*) if [ "$COMP_CWORD" -eq 2 ]; then'
            yield f"      COMPREPLY=($(compgen -W '{first}' -- \"$word\"))"
            yield '      else COMPREPLY=($(compgen -f -- "$word")); fi ;;'
    yield '    *) COMPREPLY=($(compgen -f -- "$word")) ;;'
    yield "  esac"
    yield "}"
    yield f"complete -o filenames -F _tflint_locks {PROGRAM}"


def zsh_lines(commands: Mapping[str, argparse.ArgumentParser]) -> Iterator[str]:
    """Yield a completion for zsh."""
    yield f"#compdef {PROGRAM}"
    yield "_tflint_locks() {"
    yield "  if (( CURRENT == 2 )); then"
    yield f"    compadd -- {' '.join(commands)}; return"
    yield "  fi"
    yield '  case "$words[2]" in'
    for name, parser in commands.items():
        yield f"    {name}) _arguments -s \\"
        for action in _options(parser):
            yield f"      {_quoted(_zsh_option(action))} \\"
        if first := _words(parser):
            yield f"      ':word:({first})' \\"
        yield "      '*:path:_files' ;;"
    yield "  esac"
    yield "}"
    yield f"compdef _tflint_locks {PROGRAM}"


def _zsh_option(action: argparse.Action) -> str:
    told = (action.help or "").replace("[", "(").replace("]", ")").replace(":", "\\:").replace("%%", "%")
    option = f"{_long(action)}[{told}]"
    if action.choices:
        return f"{option}:value:({' '.join(map(str, action.choices))})"
    return option if action.nargs == 0 else f"{option}:value:_files"


def fish_lines(commands: Mapping[str, argparse.ArgumentParser]) -> Iterator[str]:
    """Yield a completion for fish."""
    first = f"complete -c {PROGRAM} -n __fish_use_subcommand -f"
    for name in commands:
        yield f"{first} -a {name}"
    for name, parser in commands.items():
        if given := _words(parser):
            yield f"complete -c {PROGRAM} -n '__fish_seen_subcommand_from {name}' -a '{given}'"
        for action in _options(parser):
            words = _fish_option(name, action)
            yield " ".join(words)


def _fish_option(name: str, action: argparse.Action) -> Iterable[str]:
    yield from (f"complete -c {PROGRAM} -n '__fish_seen_subcommand_from {name}'", f"-l {_long(action)[2:]}")
    if action.choices:
        yield f"-x -a '{' '.join(map(str, action.choices))}'"
    elif action.nargs != 0:
        yield "-r"
    if action.help:
        yield f"-d {_quoted(action.help)}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
