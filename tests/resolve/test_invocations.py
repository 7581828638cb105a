from collections.abc import Iterable

import pytest

from tflint_locks.facts import Choice, Command, Word
from tflint_locks.read.script import read_script
from tflint_locks.resolve.invocations import Invocation, expand, invocations, join, normal, shell_words
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal, Value, hole, literal, shown

NOWHERE = Span("x.sh", 0, 0)


def _value(text: str) -> Value:
    """Write a value as people see it: ``<x>`` is a hole."""
    pieces: list[Literal | Hole] = []
    for index, part in enumerate(text.replace("<", ">").split(">")):
        if part:
            pieces.append(Hole(part) if index % 2 else Literal(part))
    return tuple(pieces)


def _read(script: str) -> list[Invocation]:
    return list(invocations(read_script("x.sh", script).commands))


def _flags(found: Invocation) -> list[tuple[str, str]]:
    return [(flag.name, shown(flag.value)) for flag in found.flags]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("terraform init", []),
        ("terraform init -backend-config=a.hcl", [("backend-config", "a.hcl")]),
        ("terraform init -backend-config a.hcl", [("backend-config", "a.hcl")]),
        ("terraform init --backend-config a.hcl", [("backend-config", "a.hcl")]),
        ("terraform init -backend-config=k=a=b", [("backend-config", "k=a=b")]),
        ("terraform init -backend-config=", [("backend-config", "")]),
        ("terraform init -backend=false", [("backend", "false")]),
        ("terraform init -upgrade -lock=false", [("upgrade", ""), ("lock", "false")]),
        ("terraform init -input false -get", [("input", ""), ("get", "")]),
        ("terraform plan -var a=1 -var-file x.tfvars", [("var", "a=1"), ("var-file", "x.tfvars")]),
        ("TF_CLI_ARGS_init='-upgrade' terraform init -get", [("upgrade", ""), ("get", "")]),
        ("TF_CLI_ARGS_plan='-upgrade' terraform init", []),
        ("TF_CLI_ARGS='-b' TF_CLI_ARGS_init='-a' terraform init -c", [("a", ""), ("b", ""), ("c", "")]),
    ],
)
def test_flags_are_read_as_the_tool_does(script: str, expected: list[tuple[str, str]]) -> None:
    (found,) = _read(script)
    assert _flags(found) == expected


@pytest.mark.parametrize(
    "script",
    [
        "terraform",
        "terraform -version",
        "terraform -help init",
        "echo terraform init",
        "packer init",
        "# terraform init",
    ],
)
def test_what_runs_no_command_is_no_invocation(script: str) -> None:
    assert _read(script) == []


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("terraform init", "$PWD"),
        ("cd infra && terraform init", "infra"),
        ("terraform -chdir=infra init", "infra"),
        ("cd a; terraform -chdir=b init", "a/b"),
        ("cd a; terraform -chdir=../b init", "b"),
    ],
)
def test_the_directory_is_where_the_tool_runs(script: str, expected: str) -> None:
    (found,) = _read(script)
    text = normal(tuple(piece for piece in found.directory if not isinstance(piece, Hole)))
    assert (text or "").lstrip("/") == expected.replace("$PWD", "")


def test_words_that_are_not_flags_are_arguments() -> None:
    (found,) = _read("terraform workspace select dev")
    assert (found.subcommand, [shown(value) for value in found.arguments]) == ("workspace", ["select", "dev"])


def test_words_that_may_be_anything_are_unknown() -> None:
    (found,) = _read('terraform init -input=false "$@"')
    assert found.unknown


def _command(words: Iterable[str], directory: str = "", choices: Iterable[Choice] = ()) -> Command:
    return Command(
        "terraform",
        tuple(Word(_value(word), NOWHERE) for word in words),
        _value(directory),
        (),
        NOWHERE,
        "",
        tuple(choices),
    )


def test_a_choice_makes_one_invocation_for_each_text_wherever_it_stands() -> None:
    choice = Choice("env", ("dev", "prod"))
    command = _command(["init", "-backend-config=<env>.hcl", "-backend-config=key=<env>/k"], "infra/<env>", [choice])
    found = [(shown(one.directory), [value for _, value in _flags(one)]) for one in invocations([command])]
    assert found == [("infra/dev", ["dev.hcl", "key=dev/k"]), ("infra/prod", ["prod.hcl", "key=prod/k"])]


def test_choices_that_a_command_does_not_use_do_not_repeat_it() -> None:
    assert len(list(invocations([_command(["init"], choices=[Choice("env", ("dev", "prod"))])]))) == 1


def test_too_many_choices_stay_holes() -> None:
    texts = tuple(str(number) for number in range(9))
    command = _command(["init", "-backend-config=<a>/<b>.hcl"], choices=[Choice("a", texts), Choice("b", texts)])
    assert [_flags(one) for one in invocations([command])] == [[("backend-config", "<a>/<b>.hcl")]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-a -b", ["-a", "-b"]),
        ("  -a\t-b\n", ["-a", "-b"]),
        ("-a='x y' -b", ["-a=x y", "-b"]),
        ('-a="x y"', ["-a=x y"]),
        ('"-a=x y" z', ["-a=x y", "z"]),
        ("a\\ b", ["a b"]),
        ('"a\\"b"', ['a"b']),
        ("'a\\b'", ["a\\b"]),
        ("''", [""]),
        ("", []),
        ("-a=<x> -b", ["-a=<x>", "-b"]),
        ("'-a=<x> y'", ["-a=<x> y"]),
    ],
)
def test_words_in_the_environment_are_split_like_a_shells(text: str, expected: list[str]) -> None:
    assert [shown(value) for value in shell_words(_value(text))] == expected


def test_words_in_the_environment_keep_their_places() -> None:
    value = (Literal("-a='x y' -b", Span("x.sh", 10, 21)),)
    second = shell_words(value)[1]
    assert second == (Literal("-b", Span("x.sh", 19, 21)),)


PATHS = ["backends/dev.hcl", "backends/prod.hcl", "other/dev.hcl", "a/b/backends/qa.hcl", "dev/dev.hcl", "dev/prod.hcl"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("backends/dev.hcl", {"backends/dev.hcl": {}}),
        ("./backends//dev.hcl", {"backends/dev.hcl": {}}),
        ("backends/x.hcl", {}),
        ("backends/<e>.hcl", {"backends/dev.hcl": {"e": "dev"}, "backends/prod.hcl": {"e": "prod"}}),
        ("<e>/<e>.hcl", {"dev/dev.hcl": {"e": "dev"}}),
        ("<dir>/backends/qa.hcl", {"a/b/backends/qa.hcl": {"dir": "a/b"}}),
        ("<all>", {}),
        ("backends/<x>/../dev.hcl", {"backends/dev.hcl": {}}),
        ("nowhere/<e>.hcl", {}),
        ("backends/<e>", {"backends/dev.hcl": {"e": "dev.hcl"}, "backends/prod.hcl": {"e": "prod.hcl"}}),
    ],
)
def test_a_path_with_holes_stands_for_the_files_it_may_name(pattern: str, expected: dict[str, dict[str, str]]) -> None:
    assert dict(expand(_value(pattern), PATHS)) == expected


def test_dots_in_a_path_match_themselves_only() -> None:
    assert expand(_value("<e>.hcl"), ["devxhcl"]) == []


@pytest.mark.parametrize(
    ("directory", "path", "expected"),
    [
        ("a", "b", "a/b"),
        ("", "b", "b"),
        ("a", "/b", "/b"),
        ("a", "", "a"),
        ("<d>", "b", "<d>/b"),
        ("a", "[repository]/b", "b"),
        ("", "[repository]/b/c", "b/c"),
        ("a", "[repository]", ""),
        ("a", "[other]/b", "a/[other]/b"),
    ],
)
def test_paths_are_joined_as_a_shell_would(directory: str, path: str, expected: str) -> None:
    head = (Hole("<repository>"),) if path.startswith("[repository]") else ()
    assert shown(join(_value(directory), (*head, *_value(path.removeprefix("[repository]"))))) == expected


def test_a_value_of_nothing_but_a_hole_has_no_path() -> None:
    assert normal(hole("x")) is None
    assert normal(literal(".")) == ""
