"""The simple commands of a script: built-ins that change what is known, programs that write files, and the tools."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from tflint_locks.read import shell
from tflint_locks.read.expand import expand, join_path, plain
from tflint_locks.read.fork import (
    Bit,
    Fields,
    Fork,
    Raw,
    bounded,
    fields,
    normal_path,
    raw,
    scalar,
    text_of_raw,
)
from tflint_locks.read.shellstate import (
    ARGUMENTS,
    DIRECTORY,
    PREVIOUS,
    STACK,
    Run,
    Seen,
    SeenFile,
    SeenName,
    Variable,
    arguments,
    assign,
    content_of,
    directory,
    domains_here,
    forget,
    hole_word,
    lookup,
    mark,
    start_arguments,
)
from tflint_locks.regex import regex
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal

TOOLS = frozenset({"terraform", "tofu", "terragrunt", "aws"})
_SERVICES = frozenset({"dynamodb", "s3", "s3api"})
NAMED = regex(r"table|bucket|lock|state|region|account|key|env", re.IGNORECASE)
_CALLS = 12
# What a call takes of the budget, so that functions that call themselves twice end soon.
_CALL_COST = 20
_SEEN = 3000
_WORDS = 1000
_EXPORTED = 64
_DEEP = 80
# Programs that run the command behind them; the number is how many operands of their own come first.
_PREFIXES = {"sudo": 0, "doas": 0, "time": 0, "command": 0, "exec": 0, "builtin": 0, "nohup": 0, "env": 0, "nice": 0}
_PREFIXES |= {"timeout": 1, "gtimeout": 1, "flock": 1, "ionice": 0, "setsid": 0}
_PREFIXES |= {"stdbuf": 0, "chronic": 0, "caffeinate": 0, "winpty": 0, "unbuffer": 0}
_WRAPPERS = frozenset(
    {
        "aws-vault",
        "op",
        "doppler",
        "chamber",
        "dotenv",
        "infisical",
        "saml2aws",
        "aws-okta",
        "teller",
        "sops",
        "vault-exec",
        "aws-sso",
        "granted",
        "mise",
        "berglas",
        "summon",
        "envchain",
        "with-secrets",
    }
)
# Programs that run the command behind their verb, which comes first of the words that are theirs.
_RUNNERS = {"asdf": ("exec", 2), "direnv": ("exec", 3), "poetry": ("run", 2), "pipenv": ("run", 2), "uv": ("run", 2)}
_CONTAINERS = frozenset({"docker", "podman", "nerdctl", "docker-compose", "podman-compose"})
# Programs that run a target, recipe or task of a file of the repository.
CALLERS = {"make": "make", "gmake": "make", "just": "just", "task": "task", "go-task": "task"}
_ENVIRONMENT = regex(r"[A-Za-z_]\w*=")


def follow_simple(run: Run, node: shell.Simple) -> None:
    """Follow one command."""
    for redirect in node.redirects:
        if redirect.operator not in {"<<", "<<-"}:
            target = expand(run, redirect.target)
            if redirect.operator in {">", ">>", ">|", "&>", "&>>"}:
                _writes(run, target, run.place(redirect.target.start, redirect.target.end))
                _keeps(run, node, redirect.target, target, appended=redirect.operator == ">>")
    head = plain(node.words[0]) if node.words else ""
    written = node.words[:_WORDS]
    if head in _SAYS:
        written = tuple(word for word in written if any(isinstance(part, shell.Substitution) for part in word.parts))
    run.budget -= len(written) // 8
    words = [expand(run, word) for word in written]
    spans = [run.place(word.start, word.end) for word in written]
    if head in _SAYS:
        _printed(run, node)
        _hand_on(run, node)
        return
    if not words or head in _DECLARATIONS:
        _declare(run, node, head, words)
        return
    prefix = [(item.name, expand(run, item.value)) for item in node.assignments if item.items is None]
    _program(run, node, words, spans, prefix)


def _hand_on(run: Run, node: shell.Simple) -> None:
    """Note what is said to later steps of a job."""
    for redirect in node.redirects:
        parts = redirect.target.parts
        name = parts[0].name if len(parts) == 1 and isinstance(parts[0], shell.Parameter) else ""
        if redirect.operator == ">>" and name in {"GITHUB_OUTPUT", "GITHUB_ENV"}:
            from tflint_locks.read.outputs import hand_on  # what few scripts need

            hand_on(run, node, name)


# What these say goes to the screen; only substitutions within are followed.
_SAYS = frozenset({"echo", "printf"})


def printed_name(node: shell.Simple) -> str:
    """Return the variable that a ``printf -v`` sets, an empty text where it is none."""
    texts = [plain(word) for word in node.words[:3]]
    if texts[:1] != ["printf"] or not texts[1:] or not texts[1].startswith("-v"):
        return ""
    return (texts[1][2:] or "".join(texts[2:])).split("[", 1)[0]


def _printed(run: Run, node: shell.Simple) -> None:
    """Follow ``printf -v``: a format that is one ``%s``, or a text alone, is what the variable then holds."""
    name = printed_name(node)
    if not name.isidentifier():
        return
    rest = node.words[2 if plain(node.words[1]) != "-v" else 3 :]
    form = plain(rest[0]) if rest else ""
    whole = plain(node.words[1]) in {"-v", "-v" + name} and "[" not in "".join(map(plain, node.words[1:3]))
    if whole and form == "%s" and len(rest) == 2:  # noqa: PLR2004 - the format and its one text
        assign(run, name, expand(run, rest[1]))
    elif whole and form and len(rest) == 1 and not any(char in form for char in "%\\"):
        assign(run, name, expand(run, rest[0]))
    else:
        assign(run, name, hole_word(name + mark(run, node.start), "formatted when it runs"))


def _declare(run: Run, node: shell.Simple, head: str, words: list[Raw]) -> None:
    """Follow assignments, alone or behind ``export``, ``local`` and the like."""
    exported = (
        True if head == "export" or (head == "declare" and any(text_of_raw(word) == "-x" for word in words)) else None
    )
    options = "".join(text for word in words[1:] if (text := text_of_raw(word)) and text.startswith("-"))
    fixed = head == "readonly" or (head != "export" and "r" in options)
    for word in words[1:]:
        name = text_of_raw(word) or ""
        if name.isidentifier():
            _bare(run, head, name)
    for item in node.assignments:
        if head in {"local", "declare", "typeset"}:
            _localize(run, item.name)
        _assign(run, item, exported=exported)
        if fixed:
            assign(run, item.name, content_of(run, item.name), fixed=True)


_DECLARATIONS = frozenset({"export", "local", "readonly", "declare", "typeset"})


def _bare(run: Run, head: str, name: str) -> None:
    """Follow a name without a value."""
    variable = lookup(run, name)
    if head == "export" and variable:
        assign(run, name, variable.content, exported=True)
    elif head == "readonly" and variable:
        assign(run, name, variable.content, fixed=True)
    elif head in {"local", "declare", "typeset"} and run.locals:
        _localize(run, name)
        assign(run, name, None, exported=False)


def _localize(run: Run, name: str) -> None:
    if run.locals:
        run.locals[-1].setdefault(name, lookup(run, name))


def _assign(run: Run, item: shell.Assignment, *, exported: bool | None) -> None:
    if item.indexed:
        assign(
            run, item.name, hole_word(item.name + mark(run, item.start), "an element of an array"), exported=exported
        )
        return
    if item.items is not None:
        content: Raw = (Bit(Fields(_elements(run, item)), quoted=True),)
    else:
        content = expand(run, item.value)
        if NAMED.search(item.name) and len(run.names) < _SEEN:
            span = run.place(item.start, item.end)
            run.names.append(SeenName(item.name, content, span, run.frame, domains_here(run)))
    if item.append:
        content = _appended(content_of(run, item.name), content, array=item.items is not None)
    assign(run, item.name, bounded(content, item.name + mark(run, item.start), None), exported=exported)


def _elements(run: Run, item: shell.Assignment) -> tuple[Raw, ...]:
    """Return the elements of an array; those of another array one by one."""
    found: list[Raw] = []
    for word in (item.items or ())[:_WORDS]:
        content = expand(run, word)
        arrays = [bit.piece for bit in content if isinstance(bit.piece, Fields)]
        if not arrays:
            found.append(content)
        elif len(content) == 1 and arrays[0].rest is None:
            found.extend(arrays[0].items)
        else:
            found.append(
                (Bit(Hole(f"{item.name}{mark(run, word.start)}", None, "elements of an array"), quoted=False),)
            )
    return tuple(found)


def _appended(before: Raw | None, added: Raw, *, array: bool) -> Raw:
    if before is None:
        return added
    if not array:
        return before + added
    new = added[0].piece
    items = new.items if isinstance(new, Fields) else ()
    if len(before) == 1 and isinstance(before[0].piece, Fields) and before[0].piece.rest is None:
        return (Bit(Fields(before[0].piece.items + items), quoted=True),)
    return (
        Bit(Fields((tuple(Bit(bit.piece, not isinstance(bit.piece, Hole)) for bit in before), *items)), quoted=True),
    )


def _writes(run: Run, path: Raw, span: Span) -> None:
    text = text_of_raw(path)
    if text is not None and (text.startswith("/dev/") or text in {"", "1", "2", "-"}):
        return
    first = path[0].piece if path else None
    if isinstance(first, Hole) and first.identity.startswith("$GITHUB_"):
        return
    if len(run.files) < _SEEN:
        run.files.append(SeenFile(path, directory(run), span, run.frame, domains_here(run)))


# What backend files are called; others are not looked into.
_BACKEND_FILES = (".tf", ".tofu", ".hcl", ".tfbackend", ".backend", ".conf", ".config", ".tfvars")


def _keeps(run: Run, node: shell.Simple, target: shell.Word, path: Raw, *, appended: bool) -> None:
    """Note what is written to a file that may be of a backend, where it stands among the commands."""
    last = path[-1].piece if path else None
    if isinstance(last, Literal) and last.text.endswith(_BACKEND_FILES) and len(run.seen) < _SEEN:
        from tflint_locks.read.heretext import written_text  # what few scripts need

        text = None if _lies_elsewhere(path) else written_text(run, node, last.text)
        if text is not None:
            sign: Raw = (Bit(Literal(">>" if appended else ">"), quoted=True),)
            place = run.place(target.start, target.end)
            words = [sign, tuple(bit._replace(quoted=True) for bit in path), *([text] if text else [])]
            _see(run, node, words, [place] * len(words), [], run.seen)


def _lies_elsewhere(path: Raw) -> bool:
    """Tell whether a file lies outside the repository, or stands for any of a name."""
    first = path[0].piece
    return isinstance(first, Literal) and (first.text.startswith(("/", "~")) or "*" in first.text)


def _program(run: Run, node: shell.Simple, words: list[Raw], spans: list[Span], prefix: list[tuple[str, Raw]]) -> None:
    """Follow a command by its program, behind programs that only run another."""
    _spread_head(words, spans)
    while words:
        head = text_of_raw(words[0])
        name = head.rsplit("/", 1)[-1] if head else ""
        size = _prefix_size(name, words, prefix) if name in _PREFIXES or name in _WRAPPERS or name in _RUNNERS else 0
        if not size:
            break
        del words[:size], spans[:size]
    if words:
        _run_program(run, node, words, spans, prefix)


def _run_program(
    run: Run, node: shell.Simple, words: list[Raw], spans: list[Span], prefix: list[tuple[str, Raw]]
) -> None:
    """Follow a command that begins with its program."""
    name = (text_of_raw(words[0]) or "").rsplit("/", 1)[-1]
    if name in run.aliases and name not in run.functions:
        name = _unalias(run, name, words, spans)
    if name in run.functions:
        _call(run, run.functions[name], words[1:], prefix)
    elif size := _script_size(name, words):
        _see(run, node, words[size - 1 :], spans[size - 1 :], prefix, run.called, "script")
    elif name in _BUILT_IN:
        _BUILT_IN[name](run, node, words)
    elif name in _WRITERS:
        _WRITERS[name](run, words, spans)
        _written_by(run, node, name, words)
    elif name in _CONTAINERS:
        _contained(run, node, words, spans)
    elif name in CALLERS or _is_tool(words) or (misspelt(name, words[1:2]) and not run.sourced):
        _see(run, node, words, spans, prefix, run.called if name in CALLERS else run.seen)


_SHELLS = frozenset({"bash", "sh", "zsh", "dash", "ksh"})
_SCRIPTS = (".sh", ".bash", ".zsh")


def _script_size(name: str, words: list[Raw]) -> int:
    """Return how many words it takes to name the script that is run, 0 where no script of a repository is."""
    at = 0
    if name in _SHELLS:
        at = next((index for index in range(1, len(words)) if (text_of_raw(words[index]) or " ")[:1] not in "-+"), 0)
        if not at or any((text_of_raw(word) or "")[-1:] == "c" for word in words[1:at]):
            return 0
    path = words[at]
    first, last = (path[0].piece, path[-1].piece) if path else (None, None)
    if not isinstance(last, Literal) or (isinstance(first, Literal) and first.text.startswith(("/", "-", "~"))):
        return 0
    runs = last.text.endswith(_SCRIPTS) or (isinstance(first, Literal) and "/" in first.text)
    return at + 1 if runs and first_program(last.text) not in TOOLS else 0


def _unalias(run: Run, name: str, words: list[Raw], spans: list[Span]) -> str:
    """Put the words of an alias in its place and return the program then run."""
    alias = run.aliases[name]
    words[:1] = alias
    spans[:1] = [spans[0]] * len(alias)
    return (text_of_raw(words[0]) or "").rsplit("/", 1)[-1]


def _alias(run: Run, _node: shell.Simple, words: list[Raw]) -> None:
    """Follow ``alias tf=terraform``; a shell that runs a script may not heed it, but its author does."""
    for word in words[1:_WORDS]:
        found = _prefix_assignment(word)
        if found:
            split = fields(tuple(bit._replace(quoted=False) for bit in found[1]), {}, domains_here(run))
            alias = tuple(raw(field.value) for field in split if not field.open)
            if alias and len(run.aliases) < _EXPORTED:
                run.aliases[found[0]] = alias


def _contained(run: Run, node: shell.Simple, words: list[Raw], spans: list[Span]) -> None:
    """Follow what runs in a container of a tool's image, or by a tool's name in another image."""
    from tflint_locks.read.container import contained  # what few scripts need

    found = contained(run, words, spans)
    if not found or run.depth >= _CALLS:
        return
    run.depth += 1
    run.layers.append({name: Variable(content) for name, content in _environment(run)})
    run.version += 1
    assign(run, DIRECTORY, found.directory)
    if found.version:
        run.versions.append(found.version)
    _program(run, node, found.words, found.spans, found.environment)
    run.layers.pop()
    run.version += 1
    run.depth -= 1


def _spread_head(words: list[Raw], spans: list[Span]) -> None:
    """Put the elements of an array that stands for the program in its place, or the words of ``env terraform``."""
    text = text_of_raw(words[0]) or ""
    if " " in text and tool_of(text.split(" ", 1)[0]) in _PREFIXES and not any(bit.quoted for bit in words[0]):
        split = [raw(field.value) for field in fields(words[0], {}, {})]
        words[:1] = split
        spans[:1] = [spans[0]] * len(split)
    if len(words[0]) == 1 and isinstance(words[0][0].piece, Fields):
        array = words[0][0].piece
        rest: tuple[Raw, ...] = () if array.rest is None else (start_arguments((), array.rest),)
        words[:1] = [*array.items, *rest]
        spans[:1] = [spans[0]] * (len(array.items) + len(rest))


def _prefix_size(name: str, words: list[Raw], prefix: list[tuple[str, Raw]]) -> int:
    """Return how many words belong to a program that runs another, 0 where none is run."""
    texts = [text_of_raw(word) for word in words]
    if name in _RUNNERS:
        verb, size = _RUNNERS[name]
        size = texts.index("--") + 1 if "--" in texts[:6] else size
        return size if texts[1:2] == [verb] and len(words) > size else 0
    if name in _WRAPPERS:
        if "--" in texts:
            return texts.index("--") + 1
        return 3 if texts[1:2] == ["exec"] and len(words) > 3 else 0  # noqa: PLR2004 - program, exec, profile
    at = 1
    while at < len(words) and (texts[at] or "").startswith("-"):
        if name == "command" and texts[at] in {"-v", "-V"}:
            return 0
        at += 2 if texts[at] in {"-u", "-n", "-g", "-k", "-s"} else 1
    if name == "env":
        while at < len(words) and (found := _prefix_assignment(words[at])):
            prefix.append(found)
            at += 1
    return at + _PREFIXES[name]


def _prefix_assignment(word: Raw) -> tuple[str, Raw] | None:
    first = word[0].piece if word else None
    found = _ENVIRONMENT.match(first.text) if isinstance(first, Literal) else None
    if not found or not isinstance(first, Literal):
        return None
    span = first.span
    if span and span.end - span.start == len(first.text):
        span = Span(span.path, span.start + found.end(), span.end)
    return found.group()[:-1], (Bit(Literal(first.text[found.end() :], span), quoted=True), *word[1:])


def _is_tool(words: list[Raw]) -> bool:
    head = words[0]
    names = {first_program(text_of_raw(head) or "")}
    if len(head) == 1 and isinstance(head[0].piece, Fork):
        names.update(first_program(text_of_raw(content) or "") for _, content in head[0].piece.options)
    elif len(head) == 1 and isinstance(head[0].piece, Hole):
        names.add(first_program(head[0].piece.likely or ""))
    if "aws" in names:
        return _service(words) in _SERVICES
    return bool(names & TOOLS)


def first_program(text: str) -> str:
    """Return the base name of the program that a line of several words starts: ``/usr/bin/env terraform``."""
    names = (tool_of(word) for word in text.split())
    return next((name for name in names if name not in _PREFIXES), "")


def tool_of(program: str) -> str:
    """Return the base name of a program, for one of a tool's versions (``terraform-1.5``) or Windows' the tool's."""
    name = program.rsplit("/", 1)[-1]
    if name in TOOLS or name[:4] not in _BEGINNINGS:
        return name
    found = _VERSIONED.fullmatch(name)
    return found[1] if found else name


_BEGINNINGS = frozenset(tool[:4] for tool in TOOLS)
_VERSIONED = regex(r"(terraform|tofu|terragrunt|aws)(?:[-_@]?v?\d+(?:[._]\d+)*)?(?:\.exe)?")
_SUBCOMMANDS = frozenset("init plan apply destroy validate fmt import workspace output refresh force-unlock".split())


def misspelt(name: str, words: Sequence[Raw]) -> bool:
    """Tell whether a program is a tool's name with one slip of the hand, before a subcommand that the tool has."""
    if len(name) < _SHORT or name[0] not in "terof" or not words or text_of_raw(words[0]) not in _SUBCOMMANDS:
        return False
    return any(_slip(name, tool) for tool in ("terraform", "terragrunt", "tofu"))


_SHORT = 4


def _slip(name: str, tool: str) -> bool:
    """Tell whether two letters of a tool's name changed places, one is missing (of a long name), or stands twice."""
    if len(name) == len(tool):
        at = next((index for index, char in enumerate(tool) if name[index] != char), len(tool))
        return name != tool and name[at : at + 2] == tool[at : at + 2][::-1] and name[at + 2 :] == tool[at + 2 :]
    if len(name) == len(tool) - 1:
        return len(tool) > _SHORT and any(name == tool[:at] + tool[at + 1 :] for at in range(len(tool)))
    return len(name) == len(tool) + 1 and any(name == tool[:at] + tool[at] + tool[at:] for at in range(len(tool)))


def _service(words: list[Raw]) -> str:
    """Return the service of an aws command: the first word that is no option or an option's value."""
    at = 1
    while at < len(words):
        text = text_of_raw(words[at])
        first = words[at][0].piece if words[at] else Literal("")
        # A word not known may be options, such as $AWS_OPTS, as may one of several words.
        if text is None and (not isinstance(first, Literal) or first.text.startswith("--")):
            at += 1
        elif not text or not text.startswith("--"):
            return text or ""
        else:
            at += 1 if "=" in text or " " in text or text in {"--no-cli-pager", "--debug", "--no-paginate"} else 2
    return ""


def _see(  # noqa: PLR0913, PLR0917 - what a command is made of, and where it is kept
    run: Run,
    node: shell.Simple,
    words: list[Raw],
    spans: list[Span],
    prefix: list[tuple[str, Raw]],
    kept: list[Seen],
    kind: str = "",
) -> None:
    if len(kept) >= _SEEN:
        return
    environment = _environment(run)
    if prefix:
        names = {name for name, _ in prefix}
        environment = (*(item for item in environment if item[0] not in names), *prefix)
    span = run.place(node.start, node.end)
    loose = run.loose > 0
    kept.append(
        Seen(
            tuple(words),
            tuple(spans),
            directory(run),
            environment,
            span,
            run.frame,
            tuple(run.guards),
            loose,
            domains_here(run),
            kind,
            after=len(run.seen),
        )
    )


def _environment(run: Run) -> tuple[tuple[str, Raw], ...]:
    """Return what commands see of the variables; kept until something changes."""
    if run.environment[0] != run.version:
        merged: dict[str, Variable] = {}
        for layer in run.layers:
            merged.update(layer)
        run.budget -= len(merged) // 8
        exported = [(name, item.content) for name, item in merged.items() if item.exported and item.content is not None]
        if len(exported) > _EXPORTED:
            exported.sort(key=lambda pair: not pair[0].startswith(("TF_", "AWS_", "TG_")))
        run.environment = (run.version, tuple(exported[:_EXPORTED]))
    return run.environment[1]


def _call(run: Run, function: shell.Function, words: list[Raw], prefix: list[tuple[str, Raw]]) -> None:
    if run.depth >= _CALLS:
        return
    run.depth += 1
    run.budget -= _CALL_COST
    run.calls[function.name] = run.calls.get(function.name, 0) + 1
    frame, before = run.frame, content_of(run, ARGUMENTS)
    run.frame = f"{frame}/{function.name}{run.calls[function.name]}"
    run.locals.append({})
    for name, content in prefix:
        _localize(run, name)
        assign(run, name, content, exported=True)
    assign(run, ARGUMENTS, _arguments(run, words))
    run.evaluate(run, function.body)
    for name, variable in run.locals.pop().items():
        run.layers[-1][name] = variable or Variable(None)
        run.version += 1
        if variable is None:
            run.layers[-1].pop(name, None)
    assign(run, ARGUMENTS, before)
    run.left = "" if run.left == "return" else run.left
    run.frame = frame
    run.depth -= 1


def _arguments(run: Run, words: list[Raw]) -> Raw:
    """Return positional parameters from the words of a call."""
    items: list[Raw] = []
    for word in words:
        if len(word) == 1 and isinstance(word[0].piece, Fields):
            items.extend(word[0].piece.items)
            if word[0].piece.rest is not None:
                return start_arguments(tuple(items), word[0].piece.rest)
        elif all(isinstance(bit.piece, Literal) for bit in word):
            items.extend(raw(field.value) for field in fields(word, {}, domains_here(run)))
        else:
            items.append(word)
    return start_arguments(tuple(items), None)


def _cd(run: Run, _node: shell.Simple, words: list[Raw]) -> None:
    operands = [word for word in words[1:] if not (text_of_raw(word) or "").startswith("-") or text_of_raw(word) == "-"]
    target = operands[0] if operands else hole_word("$HOME", "the home folder")
    if text_of_raw(target) == "-":
        _enter(run, content_of(run, PREVIOUS) or hole_word("$OLDPWD", "the directory before"))
    else:
        _enter(run, join_path(directory(run), tuple(Bit(bit.piece, quoted=True) for bit in target)))


def _enter(run: Run, path: Raw) -> None:
    assign(run, PREVIOUS, directory(run))
    if len(path) > _DEEP:
        path = hole_word("directory" + mark(run, 0), "too deep to follow")
    elif all(isinstance(bit.piece, Literal | Hole) for bit in path):
        path = raw(normal_path(scalar(path, {}, domains_here(run))))
    assign(run, DIRECTORY, path)


def _pushd(run: Run, node: shell.Simple, words: list[Raw]) -> None:
    content = content_of(run, STACK)
    stack = content[0].piece.items if content and isinstance(content[0].piece, Fields) else ()
    assign(run, STACK, start_arguments((*stack[-20:], directory(run)), None))
    _cd(run, node, words)


def _popd(run: Run, _node: shell.Simple, _words: list[Raw]) -> None:
    content = content_of(run, STACK)
    stack = content[0].piece.items if content and isinstance(content[0].piece, Fields) else ()
    if stack:
        assign(run, STACK, start_arguments(stack[:-1], None))
        _enter(run, stack[-1])


def _exit(run: Run, _node: shell.Simple, words: list[Raw]) -> None:
    run.left = text_of_raw(words[0]) or "exit"


def _unset(run: Run, _node: shell.Simple, words: list[Raw]) -> None:
    for word in words[1:]:
        name = text_of_raw(word) or ""
        if name.isidentifier():
            assign(run, name, None, exported=False)


def _read(run: Run, node: shell.Simple, words: list[Raw]) -> None:
    for word in words[1:]:
        name = text_of_raw(word) or ""
        if name.isidentifier():
            assign(run, name, hole_word(name + mark(run, node.start), "read when it runs"))


def _source(run: Run, node: shell.Simple, _words: list[Raw]) -> None:
    forget(run, node.start)


def _eval(run: Run, node: shell.Simple, words: list[Raw]) -> None:
    """Follow ``eval``: it may set anything, unless its text is a command of a tool."""
    from tflint_locks.read.evaluated import evaluated  # what few scripts need

    found = evaluated(words[1:]) or []
    if found and _is_tool(found):
        _see(run, node, found, [run.place(node.start, node.end)] * len(found), [], run.seen)
    elif not _begins_with_tool(words):
        forget(run, node.start)


def _begins_with_tool(words: list[Raw]) -> bool:
    first = words[1][0].piece if len(words) > 1 and words[1] else None
    return isinstance(first, Literal) and first_program(first.text) in TOOLS


def _shift(run: Run, node: shell.Simple, words: list[Raw]) -> None:
    text = text_of_raw(words[1]) if len(words) > 1 else "1"
    given = arguments(run)
    if text is None or not text.isdecimal():
        assign(run, ARGUMENTS, start_arguments((), (0, mark(run, node.start))))
        return
    count = int(text[:4])
    left = max(count - len(given.items), 0)
    rest = (given.rest[0] + left, given.rest[1]) if given.rest else None
    assign(run, ARGUMENTS, start_arguments(given.items[count:], rest))


def _set(run: Run, _node: shell.Simple, words: list[Raw]) -> None:
    texts = [text_of_raw(word) for word in words]
    if "--" in texts:
        assign(run, ARGUMENTS, _arguments(run, words[texts.index("--") + 1 :]))


def _nothing(_run: Run, _node: shell.Simple, _words: list[Raw]) -> None:
    pass


def _shell(run: Run, node: shell.Simple, words: list[Raw]) -> None:
    """Follow ``bash -c '…'`` where its text stands here in one piece."""
    texts = [text_of_raw(word) for word in words]
    index = next((at for at, text in enumerate(texts) if text and text[0] == "-" and text.endswith("c")), 0)
    first = len(node.words) - len(words)
    if not index or index + 1 >= len(words) or first + index + 1 >= len(node.words):
        return
    word = node.words[first + index + 1]
    source = run.masked[word.start : word.end]
    if source[:1] in {"'", '"'} and source[0] == source[-1] and "\\" not in source and source.count(source[0]) == 2:  # noqa: PLR2004
        from tflint_locks.read.expand import evaluate_apart

        if run.depth < _CALLS:
            run.depth += 1
            evaluate_apart(run, shell.parse_range(run.masked, word.start + 1, word.end - 1))
            run.depth -= 1


_BUILT_IN: dict[str, Callable[[Run, shell.Simple, list[Raw]], None]] = {
    "cd": _cd,
    "pushd": _pushd,
    "popd": _popd,
    "exit": _exit,
    "return": _exit,
    "break": _exit,
    "continue": _exit,
    "unset": _unset,
    "read": _read,
    "mapfile": _read,
    "readarray": _read,
    "getopts": _read,
    "source": _source,
    ".": _source,
    "shift": _shift,
    "set": _set,
    "eval": _eval,
    "trap": _nothing,
    "alias": _alias,
    "bash": _shell,
    "sh": _shell,
}


def _written_by(run: Run, node: shell.Simple, name: str, words: list[Raw]) -> None:
    """Note what ``tee`` writes to a file that may be of a backend, and that other programs change one."""
    first = len(node.words) - len(words)
    options = [text for word in words[1:] if (text := text_of_raw(word)) and text.startswith("-")]
    operands = [at for at in range(1, len(words)) if not (text_of_raw(words[at]) or "").startswith("-")]
    for at in operands if name == "tee" else operands[-1:]:
        if first >= 0:
            _keeps(run, node, node.words[first + at], words[at], appended="-a" in options or "--append" in options)


def _last(run: Run, words: list[Raw], spans: list[Span]) -> None:
    if len(words) > 1:
        _writes(run, words[-1], spans[-1])


def _copied(run: Run, words: list[Raw], spans: list[Span]) -> None:
    """Note the target of a copy, and the file of the same name in it in case it is a directory."""
    operands = [at for at in range(1, len(words)) if not (text_of_raw(words[at]) or "").startswith("-")]
    if len(operands) < 2:  # noqa: PLR2004 - a source and a target
        return
    target = operands[-1]
    _writes(run, words[target], spans[target])
    for at in operands[:-1]:
        last = words[at][-1].piece if words[at] else None
        if isinstance(last, Literal) and "/" not in last.text and len(words[at]) > 1:
            continue
        if isinstance(last, Literal) and (name := last.text.rsplit("/", 1)[-1]):
            _writes(run, (*words[target], Bit(Literal("/" + name), quoted=True)), spans[target])


def _tee(run: Run, words: list[Raw], spans: list[Span]) -> None:
    for word, span in zip(words[1:], spans[1:], strict=True):
        if not (text_of_raw(word) or "").startswith("-"):
            _writes(run, word, span)


def _sed(run: Run, words: list[Raw], spans: list[Span]) -> None:
    if any((text_of_raw(word) or "").startswith(("-i", "--in-place")) for word in words[1:]):
        _last(run, words, spans)


def _each(run: Run, words: list[Raw], spans: list[Span]) -> None:
    """Note what ``find`` or ``xargs`` has changed in place: the files of a name, any where none is asked for."""
    texts = [text_of_raw(word) or "" for word in words]
    at = next((at for at, text in enumerate(texts) if text in {"sed", "gsed", "perl"}), len(texts))
    if any(text.startswith(("-i", "--in-place")) for text in texts[at:]):
        names = [after for before, after in pairwise(texts[:at]) if before in {"-name", "-iname", "-path"} and after]
        for name in names or ["*"]:
            _writes(run, raw((Literal(name),)), spans[0])


def _output_option(run: Run, words: list[Raw], spans: list[Span]) -> None:
    for at in range(1, len(words) - 1):
        if text_of_raw(words[at]) in {"-o", "-O", "--output"}:
            _writes(run, words[at + 1], spans[at + 1])


_WRITERS: dict[str, Callable[[Run, list[Raw], list[Span]], None]] = {
    "cp": _copied,
    "mv": _copied,
    "ln": _copied,
    "install": _copied,
    "tee": _tee,
    "touch": _tee,
    "sed": _sed,
    "gsed": _sed,
    "perl": _sed,
    "find": _each,
    "xargs": _each,
    "yq": _sed,
    "curl": _output_option,
    "wget": _output_option,
}
