"""Jenkinsfiles: what the shell steps run, with folders, variables and parameters."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tflint_locks.read.jenkins import read_jenkinsfile
from tflint_locks.value import Literal, shown


def read(text: str) -> list[str]:
    return [
        f"[{shown(one.directory)}] {one.tool} " + " ".join(shown(word.value) for word in one.words)
        for one in read_jenkinsfile("Jenkinsfile", text).commands
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sh 'terraform init'", ["[] terraform init"]),
        ('sh "terraform init -a=${params.ENV}"', ["[] terraform init -a=<params.ENV>"]),
        ("sh(script: 'terraform init', returnStdout: true)", ["[] terraform init"]),
        ("sh label: 'x', script: \"\"\"\n  cd live\n  terraform init \\\\\n    -x\n\"\"\"",
         ["[live] terraform init -x"]),
        ("dir('live') { sh 'terraform init' }\nsh 'terraform plan'", ["[live] terraform init", "[] terraform plan"]),
        ("withEnv(['A=b']) { sh 'terraform init -a=$A' }\nsh 'terraform plan $A'",
         ["[] terraform init -a=b", "[] terraform plan <$A>"]),
        ("pipeline { environment { B = 'acme' }\n stages { steps { sh 'terraform init -b=$B' } } }",
         ["[] terraform init -b=acme"]),
        ("def b = 'acme'\nsh \"terraform init -b=${b}\"", ["[] terraform init -b=acme"]),
        ("def b = 'a'\nif (x) { b = 'c' }\nsh \"terraform init -b=${b}\"", ["[] terraform init -b=<b@21>"]),
        ("script { env.B = 'x' }\nsh 'terraform init -b=$B'", ["[] terraform init -b=x"]),
        ("// sh 'terraform init'\n/* sh 'terraform plan' */ echo 'terraform init'", []),
        ("bat 'terraform init'", []),
        ("sh 'terraform init ' + x", []),
    ],
)  # fmt: skip
def test_steps_run_their_commands(text: str, expected: list[str]) -> None:
    assert read(text) == expected


def test_a_choice_parameter_is_a_choice_of_the_shell_too() -> None:
    text = "parameters { choice(name: 'ENV', choices: ['dev', 'prod']) }\n"
    text += "sh \"terraform init -a=${params.ENV}\"\nsh 'terraform plan -a=$ENV'"
    found = read_jenkinsfile("Jenkinsfile", text).commands
    assert {(one.identity, one.texts) for command in found for one in command.choices} == {
        ("params.ENV", ("dev", "prod"))
    }


def test_an_image_says_a_version_and_names_are_told() -> None:
    text = "agent { docker { image 'hashicorp/terraform:1.9.5' } }\nenvironment { LOCK_TABLE = 'acme-locks' }\n"
    file = read_jenkinsfile("ci/Jenkinsfile", text)
    assert [(one.tool, one.constraint, one.directory) for one in file.versions] == [("terraform", "1.9.5", "ci")]
    assert [(one.name, shown(one.value)) for one in file.names] == [("LOCK_TABLE", "acme-locks")]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("disableConcurrentBuilds(abortPrevious: true)", ["abortPrevious: true"]),
        ("disableConcurrentBuilds()", []),
        ("disableConcurrentBuilds(abortPrevious: false)", []),
        ("// disableConcurrentBuilds(abortPrevious: true)\n", []),
    ],
)
def test_a_new_build_may_abort_the_one_before(options: str, expected: list[str]) -> None:
    text = f"pipeline {{ options {{ {options} }} }}"
    jobs = read_jenkinsfile("Jenkinsfile", text).jobs
    assert [text[group.span.start : group.span.end] for job in jobs for group in job.groups] == expected


def test_spans_survive_escapes() -> None:
    text = 'sh "terraform init -backend-config=\\"bucket=acme\\""'
    (command,) = read_jenkinsfile("Jenkinsfile", text).commands
    spans = [piece.span for piece in command.words[1].value if isinstance(piece, Literal) and piece.span]
    assert text[spans[-1].start : spans[-1].end] == "bucket=acme"


@settings(max_examples=200, deadline=None)
@given(st.text("\n sh'\"(){}[]$\\/*=:,.env", max_size=200) | st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    text = f"sh 'terraform init'\n{text}\nenv.REGION = 'x"
    file = read_jenkinsfile("Jenkinsfile", text)
    spans = [one.span for one in file.commands] + [one.span for one in file.names]
    assert all(0 <= span.start <= span.end <= len(text) for span in spans)
