"""GitLab pipelines: what their jobs run once templates, includes and variables are in place."""

# ruff: noqa: E501 (the text of a file stays in one piece)

import textwrap
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tflint_locks.facts import Command, ScriptFile
from tflint_locks.read.gitlab import read_gitlab
from tflint_locks.value import shown

PATH = ".gitlab-ci.yml"


def read(text: str, **others: str) -> ScriptFile:
    """Read a pipeline; the others' names have ``__`` for ``/`` and no suffix."""
    files = {name.replace("__", "/") + ".yml": textwrap.dedent(content) for name, content in others.items()}

    def get(path: str) -> Sequence[tuple[str, str]]:
        return [(path, files[path])] if path in files else []

    return read_gitlab(PATH, textwrap.dedent(text), get)


def line(command: Command) -> str:
    return f"[{shown(command.directory)}] {command.tool} " + " ".join(shown(word.value) for word in command.words)


def lines(text: str, **others: str) -> list[str]:
    return [line(command) for command in read(text, **others).commands]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plan: {script: terraform init}", ["[] terraform init"]),
        ("plan: {script: [cd infra, terraform init]}", ["[infra] terraform init"]),
        ("plan: {before_script: [cd infra], script: [terraform init]}", ["[infra] terraform init"]),
        ("plan: {before_script: [cd infra], script: [x], after_script: [terraform init]}", ["[] terraform init"]),
        ("before_script: [cd infra]\nplan: {script: [terraform init]}", ["[infra] terraform init"]),
        (
            "default: {before_script: [cd a]}\nbefore_script: [cd b]\nplan: {script: terraform init}",
            ["[a] terraform init"],
        ),
        (
            "default: {before_script: [cd a]}\nplan: {inherit: {default: false}, script: terraform init}",
            ["[] terraform init"],
        ),
        (".tf: {script: [terraform init]}", []),
        (".tf: {script: [terraform init]}\nplan: {extends: .tf}", ["[] terraform init"]),
        (
            ".a: {before_script: [cd a], script: [x]}\n.b: {script: [terraform init]}\nplan: {extends: [.a, .b]}",
            ["[a] terraform init"],
        ),
        (
            ".a: {script: [terraform init -b=1]}\nplan: {extends: .a, script: [terraform init -b=2]}",
            ["[] terraform init -b=2"],
        ),
        (".a: &a {script: [terraform init]}\nplan: {<<: *a, stage: x}", ["[] terraform init"]),
        (
            ".a: {script: [cd a]}\nplan: {script: [!reference [.a, script], terraform init]}",
            ["[a] terraform init"],
        ),
        (".x: &x [cd a]\nplan: {script: [*x, terraform init]}", ["[a] terraform init"]),
        ("variables: {B: x}\nplan: {script: terraform init -b=$B}", ["[] terraform init -b=x"]),
        ("variables: {B: x}\nplan: {variables: {B: y}, script: terraform init -b=$B}", ["[] terraform init -b=y"]),
        (
            "variables: {A: x, B: $A/y}\nplan: {script: 'terraform init -b=$B -c=$CI_COMMIT_SHA'}",
            ["[] terraform init -b=x/y -c=<$CI_COMMIT_SHA>"],
        ),
        ("variables: {A: $B, B: $A}\nplan: {script: terraform init -b=$B}", ["[] terraform init -b=<$A>"]),
        ("variables: {B: {value: x, description: d}}\nplan: {script: terraform init $B}", ["[] terraform init x"]),
        (
            "variables: {B: x}\nplan: {inherit: {variables: false}, script: terraform init $B}",
            ["[] terraform init <$B>"],
        ),
        ("plan: {script: 'cd $CI_PROJECT_DIR/tf && terraform init'}", ["[tf] terraform init"]),
        ("variables: {D: $CI_PROJECT_DIR/tf}\nplan: {script: 'cd $D; terraform init'}", ["[tf] terraform init"]),
        ("variables: {TF_ROOT: $CI_PROJECT_DIR/tf}\nplan: {script: gitlab-terraform init}", ["[tf] terraform init"]),
        ("variables: {TF_ROOT: tf}\nplan: {script: gitlab-terraform init}", ["[tf] terraform init"]),
        ("variables: {TF_ROOT: tf}\nplan: {script: [cd $TF_ROOT, gitlab-terraform init]}", ["[tf] terraform init"]),
        (
            "plan: {environment: {name: prod}, script: terraform init -b=$CI_ENVIRONMENT_NAME.hcl}",
            ["[] terraform init -b=prod.hcl"],
        ),
        (
            "include: {template: T.yml}\nplan: {extends: .t, script: terraform init}",
            ["[<before_script of plan>] terraform init"],
        ),
        ("variables: {B: $(date)}\nplan: {script: terraform init -b=$B}", ["[] terraform init -b=<$(date)>"]),
        ("stages: [a]\nimage: x\nplan: {script: [echo]}", []),
    ],
)
def test_a_job_runs_its_commands(text: str, expected: list[str]) -> None:
    assert lines(text) == expected


def test_maps_of_templates_lie_over_each_other() -> None:
    text = """
    .base: {variables: {A: base, B: base}}
    plan:
      extends: .base
      variables: {B: own}
      script: terraform init -a=$A -b=$B
    """
    assert lines(text) == ["[] terraform init -a=base -b=own"]


def test_templates_of_an_included_file_are_used_and_its_jobs_run() -> None:
    main = """
    include: [{local: /ci/tf.yml}]
    variables: {D: infra}
    plan: {extends: .tf}
    """
    included = """
    .tf: {script: [cd $D, terraform init]}
    apply: {script: [terraform apply]}
    """
    found = read(main, ci__tf=included)
    assert sorted(line(command) for command in found.commands) == ["[] terraform apply", "[infra] terraform init"]
    assert {command.span.path for command in found.commands} == {"ci/tf.yml"}
    assert {command.place[0] for command in found.commands} == {PATH}


def test_a_child_pipeline_sees_the_variables_of_the_job_that_starts_it() -> None:
    main = """
    dev: {variables: {ENV: dev}, trigger: {include: child.yml}}
    prod: {variables: {ENV: prod}, trigger: {include: [{local: child.yml}]}}
    """
    found = read(main, child="plan: {script: terraform init -b=$ENV.hcl}")
    assert [(command.scope, line(command)) for command in found.commands] == [
        ("dev/plan", "[] terraform init -b=dev.hcl"),
        ("prod/plan", "[] terraform init -b=prod.hcl"),
    ]


def test_inputs_of_an_included_file_are_filled_in() -> None:
    main = "include: [{local: t.yml, inputs: {env: prod}}]"
    template = 'spec:\n  inputs: {env: {}, dir: {default: tf}}\n---\n"plan-$[[ inputs.env ]]":\n  script: terraform init -b=$[[ inputs.env ]].hcl\n'
    found = read(main, t=template)
    assert [(command.scope, line(command)) for command in found.commands] == [
        ("plan-prod", "[] terraform init -b=prod.hcl")
    ]


def test_a_matrix_of_one_map_is_a_choice() -> None:
    (command,) = read("plan: {parallel: {matrix: [{ENV: [dev, prod]}]}, script: terraform init -b=$ENV}").commands
    assert [choice.texts for choice in command.choices] == [("dev", "prod")]


def test_the_rows_of_a_matrix_hang_together() -> None:
    text = """
    plan:
      parallel: {matrix: [{ENV: dev, B: one}, {ENV: prod, B: two}]}
      script: [terraform init -b=$B, terraform plan -v=$ENV]
    """
    assert lines(text) == [
        "[] terraform init -b=one",
        "[] terraform plan -v=dev",
        "[] terraform init -b=two",
        "[] terraform plan -v=prod",
    ]


def test_variables_of_rules_hang_together() -> None:
    text = """
    plan:
      rules:
        - {if: $CI_COMMIT_BRANCH == "main", variables: {ENV: prod, B: two}}
        - {if: $CI_COMMIT_BRANCH == "dev", variables: {ENV: dev, B: one}}
        - {when: never, variables: {ENV: none}}
      script: terraform init -b=$B -e=$ENV
    """
    assert lines(text) == ["[] terraform init -b=two -e=prod", "[] terraform init -b=one -e=dev"]


def test_variables_of_rules_go_into_those_that_name_them() -> None:
    text = """
    variables: {ENV: dev, FILE: "$ENV.hcl", OWN: global}
    workflow:
      rules: [{if: $CI_COMMIT_TAG, variables: {OWN: tag}}]
    plan:
      variables: {OWN: job}
      rules: [{if: $CI_COMMIT_BRANCH == "main", variables: {ENV: prod}}]
      script: terraform init -b=$FILE -o=$OWN
    """
    assert lines(text) == ["[] terraform init -b=prod.hcl -o=job"]


def test_rules_that_ask_for_one_variable_hang_together_with_the_script() -> None:
    text = """
    plan:
      rules:
        - {if: $CI_COMMIT_BRANCH == "main", variables: {ENV: prod}}
        - {if: $CI_COMMIT_BRANCH == 'dev', variables: {ENV: dev}}
      script:
        - if [ "$ENV" = prod ]; then terraform init -b=prod; else terraform init -b=dev; fi
        - if [ "$CI_COMMIT_BRANCH" = main ]; then terraform plan -v=prod; else terraform plan -v=dev; fi
    """
    assert lines(text) == [
        "[] terraform init -b=prod",
        "[] terraform plan -v=prod",
        "[] terraform init -b=dev",
        "[] terraform plan -v=dev",
    ]


def test_a_job_that_starts_a_pipeline_runs_nothing_itself() -> None:
    text = "before_script: [terraform init]\nchild: {trigger: {include: child.yml}}\nother: {trigger: acme/other}"
    assert lines(text) == []


def test_images_pin_versions_of_jobs_that_use_them() -> None:
    text = """
    image: {name: "hashicorp/terraform:$V", entrypoint: [""]}
    variables: {V: 1.6.2}
    plan: {script: terraform init}
    other: {image: registry.gitlab.com/gitlab-org/terraform-images/releases/1.5:v1.8.0, script: terraform init}
    none: {image: hashicorp/terraform:1.2, script: echo}
    """
    assert [(found.tool, found.constraint) for found in read(text).versions] == [
        ("terraform", "1.6.2"),
        ("terraform", "1.5"),
    ]


def test_names_are_kept_once_from_everywhere() -> None:
    text = """
    variables: {TF_STATE_BUCKET: acme-state, OTHER: x}
    .tf: {variables: {LOCK_TABLE: acme-locks}}
    """
    assert [(name.name, shown(name.value), name.scope) for name in read(text).names] == [
        ("TF_STATE_BUCKET", "acme-state", PATH),
        ("LOCK_TABLE", "acme-locks", ".tf"),
    ]


def test_groups_and_cancelling_are_facts_of_a_job() -> None:
    text = """
    apply:
      resource_group: prod
      interruptible: true
      rules: [{if: $CI_COMMIT_BRANCH == "main"}]
      script: terraform apply
    """
    (job,) = read(text).jobs
    assert (job.scope, job.events) == ("apply", ("push",))
    assert [(group.text, group.cancels) for group in job.groups] == [("prod", ()), ("$CI_COMMIT_REF_NAME", ("push",))]
    assert len(job.steps) == 1


def test_includes_are_calls() -> None:
    found = read_gitlab(PATH, "include: ['a.yml', {local: /b/*.yml}, {remote: x}, 'https://x/y.yml']")
    assert [(call.kind, shown(call.target)) for call in found.calls] == [("include", "a.yml"), ("include", "b/*.yml")]


def test_a_pipeline_in_a_folder_starts_nowhere_known() -> None:
    (command,) = read_gitlab("infra/.gitlab-ci.yml", "plan: {script: terraform init}").commands
    assert line(command) == "[<place of infra/.gitlab-ci.yml>] terraform init"


@pytest.mark.parametrize(
    "text",
    [
        "variables: {B: acme-state}\nplan: {script: 'terraform init -backend-config=bucket=$B'}",
        "plan:\n  script:\n    - echo\n    - |\n      cd a\n      terraform init -backend-config=bucket=acme-state\n",
        "plan: {script: ['terraform init -backend-config=bucket=acme-state']}",
    ],
)
def test_values_point_into_the_file(text: str) -> None:
    (command,) = read_gitlab(PATH, text).commands
    span = command.words[-1].value[-1].span
    assert span
    assert text[span.start : span.end].endswith("acme-state")
    assert text[command.span.start :].startswith("terraform init")


@pytest.mark.parametrize(
    "text",
    [
        "a: {extends: a, script: terraform init}",
        "a: {extends: b}\nb: {extends: a, script: terraform init}",
        ".a: {script: [!reference [.a, script], !reference [.a, script], terraform init]}\na: {extends: .a}",
        "include: .gitlab-ci.yml\na: {script: terraform init}",
        "a: {trigger: {include: .gitlab-ci.yml}}",
        ".l0: &l0 [terraform init]\n"
        + "".join(f".l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 12))
        + "a: {script: *l11}",
        ".l0: {script: []}\n"
        + "".join(f".l{n}: {{script: [{', '.join([f'!reference [.l{n - 1}, script]'] * 9)}]}}\n" for n in range(1, 11))
        + "a: {script: [!reference [.l10, script], terraform init]}",
        "variables: {V0: xx}\n" + "".join(f"  # {n}\n" for n in range(3)) + "a: {script: terraform init}",
        "variables:\n  V0: x\n"
        + "".join(f"  V{n}: $V{n - 1}$V{n - 1}\n" for n in range(1, 90))
        + "a: {script: terraform init $V89}",
        "a: [",
        "a: {script: {x: y}}",
        "- x",
        "",
    ],
)
def test_hostile_pipelines_end(text: str) -> None:
    def itself(path: str) -> Sequence[tuple[str, str]]:
        return [(path, text)]

    found = read_gitlab(PATH, text, itself)
    assert len(found.commands) < 5000


TEXTS = st.lists(
    st.sampled_from(
        ["plan:", "  script:", "    - terraform init", "  - x", ": ", "{", "[", "include: a.yml", "  extends: plan", "&a ",
         "*a", "variables:", "  A: $B", "  script: !reference [plan, script]", "\n", "\t", "é", "'", '"', "$[[ inputs.x ]]",
         "spec:", "---", "  parallel: {matrix: [{A: [b]}]}", "  rules: [{variables: {A: b}}]", "  image: x:1"]
    ) | st.text(max_size=5),
    max_size=25,
).map("\n".join)  # fmt: skip


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_any_text_is_read(text: str) -> None:
    found = read_gitlab(PATH, text)
    spans = [command.span for command in found.commands] + [fault.span for fault in found.faults]
    spans += [name.span for name in found.names]
    assert all(0 <= span.start <= span.end <= len(text) for span in spans)
