"""PowerShell scripts: what they run, with variables, functions and branches."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tflint_locks.read.powershell import read_powershell
from tflint_locks.value import Literal, shown

PATH = "scripts/deploy.ps1"


def read(text: str) -> list[str]:
    """Show each command as ``[directory] tool words``; a start in the unknown is left out."""
    return [
        f"[{shown(one.directory).removeprefix('<$PWD>').removeprefix('/')}] {one.tool} "
        + " ".join(shown(word.value) for word in one.words)
        for one in read_powershell(PATH, text).commands
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("terraform init `\n  -upgrade # no", ["[] terraform init -upgrade"]),
        ('$t = "acme-locks"\nterraform init -backend-config="dynamodb_table=$t"',
         ["[] terraform init -backend-config=dynamodb_table=acme-locks"]),
        ("$A='x'; terraform init \"-a=${A}y\" -b=$a", ["[] terraform init -a=xy -b=x"]),
        ('terraform init -x="$($o.Name)" -y=$env:Y', ["[] terraform init -x=<$o.Name> -y=<$Y>"]),
        ("cd live\nterraform init\nSet-Location -Path ..", ["[live] terraform init"]),
        ("& terraform.exe plan | Out-Null", ["[] terraform plan"]),
        ('Write-Host "terraform init"', []),
        (("function Go {\n param([string]$Env, [string]$Color = 'blue')\n terraform plan -a=$Env -b=$Color\n}\n"
         "Go dev\nGo -Color red -Env prod"),
         ["[] terraform plan -a=dev -b=blue", "[] terraform plan -a=prod -b=red"]),
        ("function Never { terraform plan }", []),
        ("foreach ($e in @('dev', 'prod')) { terraform plan -a=$e }",
         ["[] terraform plan -a=dev", "[] terraform plan -a=prod"]),
        ("$s = Split-Path -Parent $MyInvocation.MyCommand.Path\ncd (Join-Path $s 'tf')\nterraform init",
         ["[scripts/tf] terraform init"]),
        ("cd $PSScriptRoot\nterraform init", ["[scripts] terraform init"]),
        ("try { terraform init } catch { exit 1 }\nterraform plan", ["[] terraform init", "[] terraform plan"]),
        ("if ($e -eq 'prod') { $b = 'p' } else { $b = 'd' }\nterraform init -b=$b",
         ["[] terraform init -b=p", "[] terraform init -b=d"]),
        ("switch ($e) { 'prod' { $b = 'p' } default { $b = 'd' } }\nterraform init -b=$b",
         ["[] terraform init -b=p", "[] terraform init -b=d"]),
        ("@'\nterraform init\n'@ | Set-Content x.txt", []),
        ("<# terraform init #>\n# terraform init", []),
        ("terraform init @given", ["[] terraform init <@given>"]),
        ("aws dynamodb create-table --table-name t --key-schema AttributeName=LockID,KeyType=HASH",
         ["[] aws dynamodb create-table --table-name t --key-schema AttributeName=LockID,KeyType=HASH"]),
    ],
)  # fmt: skip
def test_commands(text: str, expected: list[str]) -> None:
    assert sorted(read(text)) == sorted(expected)


def test_a_validated_parameter_is_a_choice() -> None:
    text = "param(\n[ValidateSet('dev', 'prod')]\n[string]$Environment)\nterraform init -a=$Environment"
    (command,) = read_powershell(PATH, text).commands
    assert [(one.identity, one.texts) for one in command.choices] == [("$Environment", ("dev", "prod"))]


def test_names_and_defaults_are_told() -> None:
    text = "param([string]$LockTable = 'acme-locks')\n$StateBucket = \"acme-$id\"\n$env:TF_VAR_x = 'y'\nterraform init"
    file = read_powershell(PATH, text)
    assert [(one.name, shown(one.value)) for one in file.names] == [
        ("LockTable", "acme-locks"), ("StateBucket", "acme-<$id>"),
    ]  # fmt: skip
    assert "TF_VAR_x" in file.exported
    assert [(name, text[span.start : span.end]) for name, span in file.defaults] == [("LockTable", "acme-locks")]


def test_splatted_arguments_are_not_known() -> None:
    (command,) = read_powershell(PATH, "terraform init @given").commands
    assert command.unknown_words


@settings(max_examples=200, deadline=None)
@given(st.text("\n $(){}[]'\"`@#<>|;&=,-.aeinrtf", max_size=200) | st.text(max_size=80))
@example("$²")
def test_any_text_is_read(text: str) -> None:
    file = read_powershell(PATH, "terraform init $x\n" + text + "\nterraform plan")
    for command in file.commands:
        assert 0 <= command.span.start <= command.span.end <= len(text) + 40
        pieces = [piece for word in command.words for piece in word.value if isinstance(piece, Literal)]
        assert all(piece.span is None or piece.span.end <= len(text) + 40 for piece in pieces)


@pytest.mark.parametrize("opening", ["{", "(", "$(", "if (1) {", "@(", '"$(', "function f {"])
def test_deep_nesting_ends(opening: str) -> None:
    read_powershell(PATH, "terraform init\n" + opening * 5000)
