"""Shell scripts: the commands a user would see run, with their directories, values and places."""

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tflint_locks.facts import ScriptFile
from tflint_locks.read.script import read_script
from tflint_locks.value import Literal, shown

PATH = "scripts/deploy.sh"


def read(text: str) -> ScriptFile:
    return read_script(PATH, textwrap.dedent(text))


def lines(text: str) -> list[str]:
    """Show each command as ``[directory] tool words``; a start in the unknown is left out."""
    found = []
    for command in read(text).commands:
        words = " ".join(shown(word.value) or "''" for word in command.words)
        place = shown(command.directory).removeprefix("<$PWD>").removeprefix("/")
        found.append(f"[{place}] {command.tool} {words}")
    return found


def only(text: str) -> str:
    (line,) = lines(text)
    return line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("terraform init -input=false # no", "[] terraform init -input=false"),
        ("terraform \\\n  init \\\n  -upgrade", "[] terraform init -upgrade"),
        ("terraform init\r\n", "[] terraform init"),
        ("\ufeffterraform init \x1f\xa0", "[] terraform init \x1f\xa0"),
        ("sudo -u ci env A=b /usr/local/bin/terraform init", "[] terraform init"),
        ("aws-vault exec admin -- tofu init", "[] tofu init"),
        ("op run -- terragrunt run-all plan", "[] terragrunt run-all plan"),
        ("time command terraform init", "[] terraform init"),
        ("TF=${TF:-tofu}\n$TF init", "[] tofu init"),
        ("if ! terraform init; then exit 1; fi", "[] terraform init"),
        ("OUT=$(terraform output -raw x)", "[] terraform output -raw x"),
        ("bash -c 'cd live && terraform init'", "[live] terraform init"),
        ("terraform init 2>&1 | tee log", "[] terraform init"),
        (
            'O="--profile=$P --region=eu-west-1"; aws $O dynamodb list-tables',
            "[] aws --profile=<$P> --region=eu-west-1 dynamodb list-tables",
        ),
        ("O='--region eu-west-1'; aws $O s3 ls", "[] aws --region eu-west-1 s3 ls"),
        ("aws --region eu-west-1 dynamodb list-tables", "[] aws --region eu-west-1 dynamodb list-tables"),
        (
            'B=acme; terraform init -backend-config="bucket=$B-state"',
            "[] terraform init -backend-config=bucket=acme-state",
        ),
        ("A='-a -b'; terraform init $A", "[] terraform init -a -b"),
        ("A='-a -b'; terraform init \"$A\"", "[] terraform init -a -b"),
        ("E=Prod; terraform init -x=${E,,} -y=${E^^} -z=${E/P/p}", "[] terraform init -x=prod -y=PROD -z=prod"),
        ("F=a; G=b/c/; terraform fmt ${F%/*}/x ${G%/*}", "[] terraform fmt a/x b/c"),
        ("F=$U/a; terraform fmt ${F%/*} -x=${U%/*}", "[] terraform fmt <$U> -x=<${U%/*}@33>"),
        ("F=a/b.tf.bak; terraform fmt ${F%.bak} ${F##*/} ${F%%/*}", "[] terraform fmt a/b.tf b.tf.bak a"),
        ('A=(-c=a -c=b)\nA+=(-d)\nterraform init "${A[@]}"', "[] terraform init -c=a -c=b -d"),
        ("f() { local n=$1; terraform init -k=$n; }\nf one", "[] terraform init -k=one"),
        ('run() { "$@"; }\nrun terraform init', "[] terraform init"),
        ("set -- a b c; shift; terraform init $1", "[] terraform init b"),
        ('TF=${TF:-"/usr/bin/env terraform"}; $TF init', "[] terraform init"),
        ("${TF:-/usr/bin/env terraform} init", "[] terraform init"),
        ('TF="${TF:-sudo tofu}"; $TF init', "[] tofu init"),
    ],
)
def test_a_command_is_read_as_it_runs(text: str, line: str) -> None:
    assert only(text) == line


@pytest.mark.parametrize(
    ("text", "directory"),
    [
        ("cd infra && terraform init", "infra"),
        ("cd infra/x/../y; terraform init", "infra/y"),
        ("(cd infra); terraform init", ""),
        ("pushd infra; popd; terraform init", ""),
        ("cd a; cd -; terraform init", ""),
        ("cd infra || exit 1; terraform init", "infra"),
        ('cd "$(dirname "$0")"/..; terraform init', "."),
        ('D="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"; cd "$D/../tf"; terraform init', "tf"),
        ('D="$(cd "$(dirname "$0")" && pwd)"; R="$(dirname "$D")"; cd "$R/tf"; terraform init', "tf"),
        ('cd "${0%/*}"; terraform init', "scripts"),
        ('cd "$(git rev-parse --show-toplevel)/tf"; terraform init', "tf"),
        ('cd "envs/$1"; terraform init', "envs/<$1>"),
        ("for d in a b; do cd $d; done; terraform init", ""),
    ],
)
def test_a_command_runs_where_the_script_went(text: str, directory: str) -> None:
    (line,) = lines(text)
    assert line == f"[{directory.replace('.', '') if directory == '.' else directory}] terraform init"


@pytest.mark.parametrize(
    "text",
    [
        "echo terraform init",
        "cat <<EOF\nterraform init\nEOF",
        "# terraform init",
        "usage() {\n  echo 'terraform init'\n}\nusage",
        "setup() { terraform init; }",
        "command -v terraform",
        "printf '%s' \"terraform init\"",
        "exit 0\nterraform init",
        'A=x\nif [ "$A" = y ]; then terraform init; fi',
        "aws sts get-caller-identity",
    ],
)
def test_what_only_speaks_of_terraform_is_no_command(text: str) -> None:
    assert lines(text) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('eval "terraform init -k=a"', "[] terraform init -k=a"),
        ("eval terraform init -k=a", "[] terraform init -k=a"),
        (
            'A="-c=\\"k=$K\\""; A="$A -c=\\"t=acme\\""; eval "terraform init $A"',
            "[] terraform init -c=k=<$K> -c=t=acme",
        ),
        ('A="-c=\'k=a b\'"; eval "terraform init $A"', "[] terraform init -c=k=a b"),
        ('eval "terraform init -k=a 2>&1 | tee log"', "[] terraform init -k=a"),
        ('C="terraform init"; C="$C -k=a"; eval $C', "[] terraform init -k=a"),
        ('A=-k=a; if x; then A="$A -c=\\"t=b\\""; fi; eval "terraform init $A"', "[] terraform init -k=a -c=t=b"),
    ],
)
def test_a_text_that_is_evaluated_loses_its_quotes(text: str, line: str) -> None:
    assert line in lines(text)


@pytest.mark.parametrize(
    "text",
    [
        'eval "cd x && terraform init"',
        'eval "export A=1; terraform init"',
        "eval 'terraform init -k=$(cat key)'",
        "eval 'terraform init -k=\"a'",
        "eval",
    ],
)
def test_a_text_that_takes_a_shell_to_read_is_no_command(text: str) -> None:
    assert lines(text) == []


@pytest.mark.parametrize(
    ("default", "word"),
    [
        ("terraform init ${STATE:-acme}", "acme"),
        ('STATE="${STATE:-acme}"; terraform init "$STATE"', "acme"),
        (': "${STATE:=acme}"; terraform init "$STATE"', "acme"),
        ("STATE=other; terraform init ${STATE:-acme}", "other"),
        ('STATE=; terraform init "${STATE:-acme}"', "acme"),
        ('terraform init "${1:-acme}"', "<$1>"),
        ('read STATE; terraform init "${STATE:-acme}"', "<STATE@0>"),
        ('. ./env.sh; terraform init "${STATE:-acme}"', "<$STATE>"),
        ('terraform init "${STATE:-acme}"; STATE=x', "<$STATE>"),
        ('case "${STATE:-acme}" in x) ;; esac; terraform init "${STATE:-acme}"', "<$STATE>"),
    ],
)
def test_a_default_holds_only_where_nothing_else_could_set_the_variable(default: str, word: str) -> None:
    assert only(default) == f"[] terraform init {word}"


def test_a_default_that_may_not_hold_is_kept_as_likely() -> None:
    (command,) = read('terraform init "${1:-dev}"').commands
    (piece,) = command.words[1].value
    assert not isinstance(piece, Literal)
    assert piece.likely == "dev"


def test_a_value_points_to_where_its_text_stands() -> None:
    text = 'TABLE="acme-locks"\naws dynamodb create-table --table-name "$TABLE"\n'
    (command,) = read(text).commands
    (piece,) = command.words[-1].value
    assert piece.span
    assert text[piece.span.start : piece.span.end] == "acme-locks"
    word = command.words[-1].span
    assert text[word.start : word.end] == '"$TABLE"'


@pytest.mark.parametrize(
    "check",
    [
        'case "$1" in dev|prod) ;; *) exit 1 ;; esac',
        'if [ "$1" != dev ] && [ "$1" != prod ]; then exit 1; fi',
        'if [[ ! "$1" =~ ^(dev|prod)$ ]]; then usage; exit 1; fi',
        '[[ "$1" == dev || "$1" == prod ]] || exit 1',
        "fail() { echo no; exit 1; }\ncase $1 in dev) ;; prod) ;; *) fail ;; esac",
    ],
)
def test_a_validation_gives_an_argument_its_domain(check: str) -> None:
    (command,) = read(f'{check}\nENV=$1\nterraform init -backend-config="$ENV.hcl"').commands
    assert [choice.texts for choice in command.choices] == [("dev", "prod")]


def test_one_branch_decides_all_its_variables() -> None:
    text = """
    case "$1" in
      dev) TABLE=a BUCKET=b ;;
      prod) TABLE=c BUCKET=d ;;
      *) exit 1 ;;
    esac
    terraform init -t=$TABLE -b=$BUCKET -e=$1
    """
    assert lines(text) == ["[] terraform init -t=a -b=b -e=dev", "[] terraform init -t=c -b=d -e=prod"]


def test_the_else_of_a_test_leaves_the_other_texts() -> None:
    text = """
    case "$1" in dev | prod) ;; *) exit 1 ;; esac
    if [ "$1" = prod ]; then terraform init -b=prod; else terraform init -b=dev; fi
    terraform plan -v=$1
    """
    assert sorted(lines(text)) == [
        "[] terraform init -b=dev",
        "[] terraform init -b=prod",
        "[] terraform plan -v=dev",
        "[] terraform plan -v=prod",
    ]


def test_each_way_through_a_script_has_a_scope_of_its_own() -> None:
    text = "for e in dev prod; do\nterraform init -backend-config=$e.hcl\nterraform plan -var-file=$e.tfvars\ndone"
    scopes = {command.scope: [shown(word.value) for word in command.words] for command in read(text).commands}
    assert scopes == {
        f"{PATH}[e=dev]": ["plan", "-var-file=dev.tfvars"],
        f"{PATH}[e=prod]": ["plan", "-var-file=prod.tfvars"],
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("for e in dev prod; do terraform init $e; done", ["init dev", "init prod"]),
        ('E=(dev prod); for e in "${E[@]}"; do terraform init $e; done', ["init dev", "init prod"]),
        ('E="dev prod"; for e in $E; do terraform init $e; done', ["init dev", "init prod"]),
        (
            "for e in a b; do if [ $e = a ]; then T=x; else T=y; fi; terraform init $e $T; done",
            ["init a x", "init b y"],
        ),
        ("for e in envs/*.tfvars; do terraform init $e; done", ["init envs/<e@0>.tfvars"]),
        ("if foo; then A=-x; else A=-y; fi; terraform init $A", ["init -x", "init -y"]),
        ("A=; if foo; then A='-x -y'; fi; terraform init $A", ["init -x -y", "init"]),
        ('A=(); if foo; then A+=(-x); fi; terraform init "${A[@]}" -z', ["init -x -z", "init -z"]),
        ("f() { terraform init $1; }\nf a\nf b", ["init a", "init b"]),
        ("E=d; while [ $# -gt 0 ]; do E=$2; shift 2; done; terraform init $E", ["init <E@5>"]),
        ('if foo; then A=$1; else A=x; fi; terraform init "$A"', ["init <A@0>"]),
    ],
)
def test_values_that_differ_by_branch(text: str, expected: list[str]) -> None:
    assert [line.removeprefix("[] terraform ") for line in lines(text)] == expected


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ('terraform init "$@"', True),
        ("terraform init $OPTIONS", True),
        ("terraform init -backend-config=$FILE", False),
        ("terraform plan -var-file $FILE", False),
        ('terraform init "$OPTIONS"', False),
        ("terraform workspace select $NAME", False),
    ],
)
def test_words_that_cannot_be_counted(text: str, *, unknown: bool) -> None:
    (command,) = read(text).commands
    assert command.unknown_words is unknown


@pytest.mark.parametrize(
    ("text", "conditional"),
    [
        ("terraform apply", False),
        ("if foo; then terraform apply; fi", True),
        ("foo || terraform apply", True),
        ("[ -f x ] && terraform apply", True),
        ("while foo; do terraform apply; done", True),
        ("for e in a b; do terraform apply $e; done", False),
    ],
)
def test_conditional_commands_say_so(text: str, *, conditional: bool) -> None:
    assert {command.conditional for command in read(text).commands} == {conditional}


def test_the_environment_holds_what_is_exported() -> None:
    (command,) = read("export AWS_REGION=eu-west-1\nLOCAL=x\nTF_WORKSPACE=dev terraform plan").commands
    assert {name: shown(value) for name, value in command.environment} == {
        "AWS_REGION": "eu-west-1",
        "TF_WORKSPACE": "dev",
    }


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("cat > backend.tf <<EOF\nx\nEOF", ["backend.tf"]),
        ("echo x >> a.hcl", ["a.hcl"]),
        ("envsubst < a.tpl > a.hcl", ["a.hcl"]),
        ("cp x/dev.hcl tf", ["tf", "tf/dev.hcl"]),
        ("sed -i s/a/b/ backend.tf", ["backend.tf"]),
        ("sed -i s/a/b/ tf/*.hcl", ["tf/*.hcl"]),
        ("find . -name '*.hcl' -exec sed -i s/a/b/ {} +", ["*.hcl"]),
        ("find . -iname '*.hcl' | wc -l", []),
        ("grep -rl STAGE . | xargs -0 sed --in-place s/STAGE/dev/", ["*"]),
        ("ls | xargs -I{} sed s/a/b/ {}", []),
        ("echo x | tee -a a.tfvars", ["a.tfvars"]),
        ("for e in a b; do touch $e.hcl; done", ["<e@0?>.hcl"]),
        ("terraform init > /dev/null 2>&1", []),
    ],
)
def test_files_that_a_script_writes(text: str, paths: list[str]) -> None:
    assert [shown(item.path) for item in read(text).written] == paths


def test_names_that_may_hold_a_table_or_bucket() -> None:
    names = read('LOCK_TABLE="acme-locks"\nCOLOR=red\nBUCKET="acme-${1}"\nREGION=$2\n').names
    assert [(name.name, shown(name.value)) for name in names] == [("LOCK_TABLE", "acme-locks"), ("BUCKET", "acme-<$1>")]


def test_comments_are_remarks() -> None:
    text = "#!/bin/sh\nterraform init # tflint-locks: ignore[x] known\necho '# no'\n"
    assert [remark.text for remark in read(text).remarks] == ["!/bin/sh", "tflint-locks: ignore[x] known"]


def test_what_stands_before_a_broken_place_is_kept() -> None:
    assert lines("terraform init\nif foo; then 'unclosed") == ["[] terraform init"]


@pytest.mark.parametrize(
    "text",
    [
        "$(" * 3000,
        "if true; then " * 3000,
        "X=a\n" + "X=$X$X\n" * 300 + "terraform init $X",
        "A=(a)\n" + 'A=("${A[@]}" "${A[@]}")\n' * 100 + 'terraform init "${A[@]}"',
        "f() { f; f; }; f",
        "".join(f"if x; then A{n}=a; else A{n}=b; fi\n" for n in range(200))
        + "terraform init "
        + " ".join(f"$A{n}" for n in range(200)),
    ],
)
def test_hostile_scripts_end(text: str) -> None:
    assert len(read_script(PATH, text).commands) <= 64


_PIECES = st.sampled_from(
    "terraform init|cd a|X=a|$X|${X:-b}|\"$1\"|'q'|$(|)|`|if|then|else|fi|for e in a b|do|done|"
    "case $1 in|a)|;;|esac|{|}|(|f()|"
    "&&|\\|\\||;|\n|<<E\nx\nE|> f|[ a = b ]|[[|]]|=~|A=(|#|\\|\\\n|${|!|aws dynamodb|export|local|shift|\r\n|é".split(
        "|"
    )
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_PIECES, max_size=25).map(" ".join) | st.text(max_size=80))
def test_any_text_is_read_and_spans_lie_in_it(text: str) -> None:
    found = read_script(PATH, text)
    for command in found.commands:
        assert 0 <= command.span.start <= command.span.end <= len(text)
        for word in command.words:
            for piece in word.value:
                if piece.span:
                    assert 0 <= piece.span.start <= piece.span.end <= len(text)
                    if isinstance(piece, Literal) and piece.span.end - piece.span.start == len(piece.text):
                        assert text[piece.span.start : piece.span.end] == piece.text
