"""Azure pipelines: what their jobs run once variables, parameters and templates are in place."""

# ruff: noqa: E501, ISC004 (the text of a file stays in one piece)

import textwrap
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tflint_locks.facts import Command, ScriptFile
from tflint_locks.read.azure import read_azure
from tflint_locks.value import shown

PATH = "ci/azure-pipelines.yml"


def read(text: str, files: dict[str, str] | None = None) -> ScriptFile:
    given_ = files or {}

    def get(path: str) -> Sequence[tuple[str, str]]:
        return [(path, textwrap.dedent(given_[path]))] if path in given_ else []

    return read_azure(PATH, textwrap.dedent(text), get)


def line(command: Command) -> str:
    return f"[{shown(command.directory)}] {command.tool} " + " ".join(shown(word.value) for word in command.words)


def lines(text: str, files: dict[str, str] | None = None) -> list[str]:
    return [line(command) for command in read(text, files).commands]


def test_conditions_hang_together_with_what_they_ask_for() -> None:
    text = """
    parameters:
    - {name: env, type: string, default: dev, values: [dev, prod]}
    variables:
      ${{ if eq(parameters.env, 'prod') }}: {file: prod}
      ${{ else }}: {file: dev}
    steps:
    - ${{ if eq(parameters.env, 'prod') }}:
      - script: terraform init -b=prod
    - ${{ else }}:
      - script: terraform init -b=dev
    - script: terraform plan -v=${{ parameters.env }} -f=$(file)
    """
    assert lines(text) == [
        "[] terraform init -b=dev",
        "[] terraform plan -v=dev -f=dev",
        "[] terraform init -b=prod",
        "[] terraform plan -v=prod -f=prod",
    ]


def test_an_else_is_left_out_behind_a_condition_that_holds() -> None:
    template = "parameters: {env: ''}\nsteps:\n- ${{ if eq(parameters.env, 'prod') }}:\n  - script: terraform plan -a\n"
    template += "- ${{ else }}:\n  - script: terraform plan -b\n"
    for env, expected in (("prod", "-a"), ("dev", "-b")):
        text = f"steps: [{{template: t.yml, parameters: {{env: {env}}}}}]"
        assert lines(text, {"ci/t.yml": template}) == [f"[] terraform plan {expected}"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("steps: [{script: terraform init}]", ["[] terraform init"]),
        ("steps: [{bash: terraform init, workingDirectory: tf}]", ["[tf] terraform init"]),
        ("steps: [{bash: terraform init, workingDirectory: $(Build.SourcesDirectory)/tf}]", ["[tf] terraform init"]),
        ("steps: [{pwsh: terraform init, workingDirectory: tf}]", ["[tf] terraform init"]),
        ("variables: {b: x}\nsteps: [{pwsh: 'terraform init -b=$(b)'}]", ["[] terraform init -b=x"]),
        ("steps: [{task: PowerShell@2, inputs: {targetType: inline, script: terraform init}}]", ["[] terraform init"]),
        ("steps: [{task: AzureCLI@2, inputs: {scriptType: batch, inlineScript: terraform init}}]", []),
        ("pool: {vmImage: windows-latest}\nsteps: [{script: terraform init}, {bash: tofu init}]", ["[] tofu init"]),
        ("steps: [{task: Bash@3, inputs: {targetType: inline, script: terraform init}}]", ["[] terraform init"]),
        (
            "steps: [{task: AzureCLI@2, inputs: {scriptType: bash, inlineScript: terraform init, workingDirectory: tf}}]",
            ["[tf] terraform init"],
        ),
        ("steps: [{task: AzureCLI@2, inputs: {scriptType: ps, inlineScript: terraform init}}]", ["[] terraform init"]),
        ("variables: {b: x}\nsteps: [{script: 'terraform init -b=$(b)'}]", ["[] terraform init -b=x"]),
        ("variables: [{name: b, value: x}]\nsteps: [{script: 'terraform init -b=$(B)'}]", ["[] terraform init -b=x"]),
        ("variables: {b: x}\nsteps: [{script: 'terraform init -b=$B'}]", ["[] terraform init -b=x"]),
        ("variables: {b: x}\nsteps: [{script: 'terraform init -b=${{ variables.b }}'}]", ["[] terraform init -b=x"]),
        ("steps: [{script: 'terraform init -b=$(Build.BuildId) -c=$(env)'}]",
         ["[] terraform init -b=<$(Build.BuildId)> -c=<$(env)>"]),
        ("steps: [{script: 'cd $(pwd)/tf; terraform init'}]", ["[tf] terraform init"]),
        ("steps: [{script: 'terraform init -b=$B', env: {B: x}}]", ["[] terraform init -b=x"]),
        (
            "jobs: [{job: a, variables: {b: y}, steps: [{script: terraform init -b=$(b)}]}]\nvariables: {b: x}",
            ["[] terraform init -b=y"],
        ),
        (
            "stages: [{stage: s, variables: {b: y}, jobs: [{deployment: d, strategy: {runOnce: {deploy: {steps: "
            "[{script: terraform init -b=$(b)}]}}}}]}]",
            ["[] terraform init -b=y"],
        ),
        (
            "steps: [{task: TerraformTaskV4@4, inputs: {provider: aws, command: init, workingDirectory: tf, "
            "backendServiceAWS: c, backendAWSBucketName: acme-state, backendAWSKey: k, commandOptions: -reconfigure}}]",
            [
                "[tf] terraform init -backend-config=bucket=acme-state -backend-config=key=k"
                " -backend-config=region=<region of the service connection> -reconfigure"
            ],
        ),
        ("steps: [{task: TerraformCLI@1, inputs: {command: plan, commandOptions: -var-file=a.tfvars}}]",
         ["[] terraform plan -var-file=a.tfvars"]),
        (
            "steps:\n- ${{ if eq('a', 'b') }}:\n  - script: terraform init\n- ${{ else }}:\n  - script: tofu init",
            ["[] tofu init"],
        ),
        ("steps: [{checkout: self}, {checkout: git://x}, {bash: terraform init}]",
         ["[<$(Build.SourcesDirectory)>] terraform init"]),
    ],
)  # fmt: skip
def test_a_job_runs_its_commands(text: str, expected: list[str]) -> None:
    assert lines(text) == expected


def test_parameters_of_a_pipeline_are_chosen_by_people() -> None:
    text = """
    parameters: [{name: env, default: dev, values: [dev, prod]}, {name: key, default: k}]
    steps: [{script: "terraform init -b=${{ parameters.env }} -k=${{ parameters.key }}"}]
    """
    (command,) = read(text).commands
    assert [choice.texts for choice in command.choices] == [("dev", "prod")]
    assert line(command) == "[] terraform init -b=<${{ parameters.env }}> -k=<${{ parameters.key }}>"


def test_templates_are_read_in_place_with_their_parameters() -> None:
    text = """
    stages:
      - template: templates/stage.yml
        parameters: {env: dev}
      - template: /ci/templates/stage.yml
        parameters: {env: prod}
    """
    stage = """
    parameters: [{name: env, type: string}, {name: dir, default: tf}]
    stages:
      - stage: plan_${{ parameters.env }}
        jobs:
          - job: plan
            steps: [{template: steps.yml, parameters: {env: "${{ parameters.env }}", dir: "${{ parameters.dir }}"}}]
    """
    steps = """
    parameters: {env: none, dir: none}
    steps: [{bash: "terraform init -b=${{ parameters.env }}.hcl", workingDirectory: "${{ parameters.dir }}"}]
    """
    found = read(text, {"ci/templates/stage.yml": stage, "ci/templates/steps.yml": steps})
    assert [(command.scope, line(command)) for command in found.commands] == [
        ("plan_dev/plan", "[tf] terraform init -b=dev.hcl"),
        ("plan_prod/plan", "[tf] terraform init -b=prod.hcl"),
    ]
    assert {command.span.path for command in found.commands} == {"ci/templates/steps.yml"}
    assert {command.place[0] for command in found.commands} == {PATH}


def test_a_loop_over_a_list_runs_once_for_each() -> None:
    text = """
    parameters: [{name: envs, type: object, default: [dev, {name: prod}]}]
    stages:
      - ${{ each env in parameters.envs }}:
          - stage: s_${{ env }}
            jobs: [{job: j, steps: [{script: "terraform init -b=${{ env }}"}]}]
    """
    assert lines(text) == ["[] terraform init -b=dev", "[] terraform init -b=<${{ env }}>"]


def test_variables_under_a_condition_hang_together() -> None:
    text = """
    variables:
      - ${{ if eq(variables['Build.SourceBranchName'], 'main') }}:
          - {name: env, value: prod}
          - {name: bucket, value: two}
      - ${{ else }}:
          - {name: env, value: dev}
          - {name: bucket, value: one}
    steps: [{script: "terraform init -b=$(bucket) -e=$(env)"}]
    """
    assert lines(text) == ["[] terraform init -b=two -e=prod", "[] terraform init -b=one -e=dev"]


def test_rows_of_a_matrix_hang_together() -> None:
    text = """
    jobs:
      - job: a
        strategy: {matrix: {dev: {env: dev, b: one}, prod: {env: prod, b: two}}}
        steps: [{script: "terraform init -b=$(b) -e=$(env)"}]
    """
    assert lines(text) == ["[] terraform init -b=one -e=dev", "[] terraform init -b=two -e=prod"]


def test_a_variable_is_told_from_a_command_by_its_capitals() -> None:
    text = """
    steps:
    - script: terraform force-unlock $(LOCK_ID) $(lockId) $(Build.Id) $(hostname)
    """
    (command,) = read(text).commands
    whys = [getattr(word.value[0], "why", "") for word in command.words[1:]]
    assert whys == [*["set outside the file"] * 3, "a command's output"]


def test_the_installer_pins_a_version() -> None:
    found = read("steps: [{task: TerraformInstaller@1, inputs: {terraformVersion: 1.5.7}}, {script: terraform init}]")
    assert [(one.tool, one.constraint) for one in found.versions] == [("terraform", "1.5.7")]


def test_backend_inputs_point_into_the_file() -> None:
    text = "steps:\n- task: TerraformTaskV4@4\n  inputs: {provider: aws, command: init, backendAWSBucketName: acme-state}\n"
    (command,) = read(text).commands
    span = command.words[-1].value[-1].span
    assert span
    assert text[span.start : span.end] == "acme-state"


@pytest.mark.parametrize(
    "text",
    [
        "steps: [{template: azure-pipelines.yml}]",
        "stages: [{template: azure-pipelines.yml}, {template: azure-pipelines.yml}]",
        "extends: {template: azure-pipelines.yml}",
        "variables: [{template: azure-pipelines.yml}, {template: azure-pipelines.yml}]",
        "parameters: {l: [" + "a, " * 100 + "]}\nsteps:\n" + "".join(
            "  " * n + f"- ${{{{ each v{n} in parameters.l }}}}:\n" for n in range(20)) + "  " * 20 + "- script: terraform init\n",
        "[", "steps: x", "jobs: [[]]", "variables: {${{ if x }}: {a: b}}",
    ],
)  # fmt: skip
def test_hostile_pipelines_end(text: str) -> None:
    assert len(read(text, {PATH: text}).commands) < 5000


TEXTS = st.lists(
    st.sampled_from(
        ["steps:", "- script: terraform init", "- ${{ if eq('a', 'a') }}:", "  - script: tofu init", "variables:", "- name: a",
         "  value: $(b)", "jobs:", "- job: x", "stages:", "parameters:", "${{ parameters.x }}", "{", "[", "&a ", "*a", "é"]
    ) | st.text(max_size=5),
    max_size=20,
).map("\n".join)  # fmt: skip


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_any_text_is_read(text: str) -> None:
    found = read_azure(PATH, text)
    spans = [command.span for command in found.commands] + [fault.span for fault in found.faults]
    assert all(0 <= span.start <= span.end <= len(text) for span in spans)
