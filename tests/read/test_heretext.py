"""What scripts write into backend files: the text with its holes, and where its pieces stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflint_locks.facts import Command
from tflint_locks.read.powershell import read_powershell
from tflint_locks.read.script import read_script
from tflint_locks.read.workflow import read_workflow
from tflint_locks.value import Literal, shown


def _writings(commands: tuple[Command, ...]) -> list[tuple[str, ...]]:
    found = [command for command in commands if command.tool in {">", ">>"}]
    return [(command.tool, *(shown(word.value) for word in command.words)) for command in found]


BLOCK = 'terraform {\n  backend "s3" {\n    bucket = "acme"\n  }\n}\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"cat > backend.tf <<EOF\n{BLOCK}EOF\n", [(">", "backend.tf", BLOCK)]),
        (f"cat <<EOF >> backend.tf\n{BLOCK}EOF\n", [(">>", "backend.tf", BLOCK)]),
        ('B=acme\ncat > b.hcl <<EOF\nbucket = "$B"\nEOF\n', [(">", "b.hcl", 'bucket = "acme"\n')]),
        ('B=acme\ncat > b.hcl <<"EOF"\nbucket = "$B"\nEOF\n', [(">", "b.hcl", 'bucket = "$B"\n')]),
        ('cat > b.hcl <<EOF\nbucket = "\\$B"\nEOF\n', [(">", "b.hcl", 'bucket = "$B"\n')]),
        ('cat > b.hcl <<EOF\nbucket = "x-$(id)"\nEOF\n', [(">", "b.hcl", 'bucket = "x-<$(id)>"\n')]),
        ("tee b.hcl <<-'EOF'\n\tbucket = \"a\"\n\tEOF\n", [(">", "b.hcl", '\tbucket = "a"\n')]),
        ('cat <<EOF | sudo tee -a b.hcl\nbucket = "a"\nEOF\n', [(">>", "b.hcl", 'bucket = "a"\n')]),
        ("tee b.hcl <<< 'bucket = \"a\"'\n", [(">", "b.hcl", 'bucket = "a"\n')]),
        ("echo 'bucket = \"a\"' >> b.hcl\n", [(">>", "b.hcl", 'bucket = "a"\n')]),
        ('echo "key=\\"a/$T\\"" > b.conf\n', [(">", "b.conf", 'key="a/<$T>"\n')]),
        ('echo -e "bucket = 1\\nkey = 2" > b.hcl\n', [(">", "b.hcl", "bucket = 1\nkey = 2\n")]),
        ('echo "bucket = 1\\nkey = 2" > b.hcl\n', [(">", "b.hcl")]),
        ("printf 'bucket = \"%s\"\\n' x > b.hcl\n", [(">", "b.hcl", 'bucket = "x"\n')]),
        ("printf 'key = \"%s\"\\n' x y > b.hcl\n", [(">", "b.hcl", 'key = "x"\nkey = "y"\n')]),
        ("printf 'key = %d\\n' 1 > b.hcl\n", [(">", "b.hcl")]),
        ('T=$(cat <<EOF\nbucket = "a"\nEOF\n)\necho "$T" > b.hcl\n', [(">", "b.hcl", 'bucket = "a"\n\n')]),
        ("envsubst < b.tmpl > b.hcl\n", [(">", "b.hcl")]),
        ("sed -i s/a/b/ backend.tf\n", [(">", "backend.tf")]),
        ("cp backend.hcl.example backend.hcl\n", [(">", "backend.hcl")]),
        # What is printed for people, lies outside, or says nothing of a backend.
        (f"cat <<EOF\n{BLOCK}EOF\n", []),
        (f"cat > /tmp/backend.tf <<EOF\n{BLOCK}EOF\n", []),
        ('cat > main.tf <<EOF\nvariable "region" {}\nEOF\n', []),
        ("sed -i s/a/b/ main.tf\n", []),
        ("cat > nginx.txt <<EOF\nbucket = 1\nEOF\n", []),
    ],
)
def test_what_a_script_writes(text: str, expected: list[tuple[str, ...]]) -> None:
    assert _writings(read_script("x.sh", text).commands) == expected


def test_pieces_stand_where_they_are_written() -> None:
    text = 'B=acme\ncat > b.hcl <<EOF\nbucket = "$B"\nkey = "k"\nEOF\n'
    (command,) = (one for one in read_script("x.sh", text).commands if one.tool == ">")
    spans = [piece.span for piece in command.words[1].value if piece.span]
    assert [text[span.start : span.end] for span in spans] == ['bucket = "', "acme", '"\nkey = "k"\n']
    assert spans[1].start == 2


def test_branches_write_apart() -> None:
    text = (
        'if [ "$1" = prod ]; then\n  echo \'bucket = "p"\' > b.hcl\nelse\n  echo \'bucket = "d"\' > b.hcl\nfi\n'
        "terraform init -backend-config=b.hcl\n"
    )
    commands = read_script("x.sh", text).commands
    scopes = {command.scope for command in commands}
    found = {scope: _writings(tuple(one for one in commands if one.scope == scope)) for scope in scopes}
    assert sorted(found.values()) == [[(">", "b.hcl", 'bucket = "d"\n')], [(">", "b.hcl", 'bucket = "p"\n')]]


def test_expressions_of_a_workflow_are_filled_in() -> None:
    text = (
        "on: push\nenv:\n  REGION: eu-west-1\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n"
        '          cat > b.hcl <<EOF\n          region = "${{ env.REGION }}"\n'
        '          bucket = "${{ secrets.B }}"\n          EOF\n          terraform init\n'
    )
    commands = read_workflow(".github/workflows/a.yml", text).commands
    assert _writings(commands) == [(">", "b.hcl", 'region = "eu-west-1"\nbucket = "<${{ secrets.B }}>"\n')]
    pieces = [piece for piece in commands[0].words[1].value if isinstance(piece, Literal) and piece.span]
    assert "eu-west-1" in {text[piece.span.start : piece.span.end] for piece in pieces if piece.span}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('$b = "a"\n@"\nbucket = "$b"\n"@ | Out-File -FilePath b.hcl\n', [(">", "b.hcl", 'bucket = "a"\n')]),
        ("$c = @'\nbucket = \"$b\"\n'@\nSet-Content -Path b.hcl -Value $c\n", [(">", "b.hcl", 'bucket = "$b"\n')]),
        ("Add-Content b.hcl 'key = \"k\"'\n", [(">>", "b.hcl", 'key = "k"\n')]),
        ("'key = \"k\"' | Out-File -Append -Encoding utf8 b.hcl\n", [(">>", "b.hcl", 'key = "k"\n')]),
        ('@"\nbucket = "$b"\n"@ | Write-Host\n', []),
    ],
)
def test_what_powershell_writes(text: str, expected: list[tuple[str, ...]]) -> None:
    assert _writings(read_powershell("x.ps1", text).commands) == expected


@given(st.text(alphabet="ab\"'$(){}`\\\n%s<>|= ", max_size=80))
def test_any_here_document_is_read(body: str) -> None:
    for start in ("cat > b.hcl <<EOF\nbucket = 1\n", "echo -e bucket=", "printf bucket="):
        text = f"{start}{body}\nEOF\n > b.hcl"
        for command in read_script("x.sh", text).commands:
            spans = [piece.span for word in command.words for piece in word.value if piece.span]
            assert all(0 <= span.start <= span.end <= len(text) for span in spans)
