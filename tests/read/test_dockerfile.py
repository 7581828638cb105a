"""Dockerfiles, and commands in containers: what they run, and the versions images say."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tflint_locks.read.dockerfile import read_dockerfile
from tflint_locks.read.script import read_script
from tflint_locks.value import shown


def test_what_run_runs_and_which_version_the_image_has() -> None:
    text = "ARG TF_VERSION=1.9.2\nFROM hashicorp/terraform:1.8 AS x\nENV TF_VAR_a=b\n"
    text += "RUN cd live && \\\n  terraform init -a=$TF_VAR_a\n"
    file = read_dockerfile("infra/Dockerfile", text)
    assert [(one.tool, one.constraint, one.directory) for one in file.versions] == [
        ("terraform", "1.9.2", "infra"), ("terraform", "1.8", "infra"),
    ]  # fmt: skip
    (command,) = file.commands
    assert [shown(word.value) for word in command.words] == ["init", "-a=b"]
    assert shown(command.directory) == "<$IMAGE>/live"
    assert "TF_VAR_a" in file.exported


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("docker run --rm -v $PWD:/w -w /w hashicorp/terraform:1.5 init -x", ["[<$PWD>] terraform init -x"]),
        ("docker run -it -v $(pwd)/tf:/w -w /w/live me/tools terraform plan", ["[<$PWD>/tf/live] terraform plan"]),
        ("docker compose run --rm terraform init", ["[<$CONTAINER>] terraform init"]),
        ("docker run --entrypoint=tofu me/tools init", ["[<$CONTAINER>] tofu init"]),
        ("docker run -e B=x -v $PWD:/w -w /w hashicorp/terraform:light init -b=$B",
         ["[<$PWD>] terraform init -b=<$B>"]),
        ("docker build -t terraform .", []),
        ("alias tf='terraform -chdir=live'\ntf init", ["[<$PWD>] terraform -chdir=live init"]),
        ("terraform-1.5.7 init; tofu.exe plan", ["[<$PWD>] terraform init", "[<$PWD>] tofu plan"]),
        ("poetry run terraform init; direnv exec . terraform plan",
         ["[<$PWD>] terraform init", "[<$PWD>] terraform plan"]),
        ("terrafrom init", ["[<$PWD>] terrafrom init"]),
        ("terraformer init; terraform-docs init", []),
    ],
)  # fmt: skip
def test_containers_wrappers_and_names(text: str, expected: list[str]) -> None:
    found = read_script("run.sh", text).commands
    assert [
        f"[{shown(one.directory)}] {one.tool} " + " ".join(shown(word.value) for word in one.words) for one in found
    ] == expected


def test_an_image_in_a_script_says_a_version() -> None:
    text = "docker run hashicorp/terraform:1.5 init"
    (version,) = read_script("run.sh", text).versions
    assert (version.tool, version.constraint, text[version.span.start : version.span.end]) == (
        "terraform",
        "1.5",
        "1.5",
    )


@pytest.mark.parametrize(
    ("text", "target", "name", "given"),
    [
        ("make tf-init ENV=prod", "", "tf-init", [("ENV", "prod")]),
        ("make -C infra -s plan X=$Y", "infra", "plan", [("X", "<$Y>")]),
        ("make -f ci.mk", "ci.mk", "", []),
        ("just env=prod plan", "", "plan", [("env", "prod")]),
        ("task -d infra plan ENV=dev", "infra", "plan", [("ENV", "dev")]),
    ],
)
def test_calls_of_build_files(text: str, target: str, name: str, given: list[tuple[str, str]]) -> None:
    (call,) = read_script("run.sh", text).calls
    assert (shown(call.target), call.name) == (target, name)
    assert [(key, shown(value)) for key, value in call.given] == given


@settings(max_examples=150, deadline=None)
@given(st.text("\n \\=$\"'RUNENVFOM:#dockerun-v/", max_size=150) | st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    read_dockerfile("Dockerfile", "FROM x\nRUN terraform init\n" + text)
    read_script("x.sh", "docker run " + text)
