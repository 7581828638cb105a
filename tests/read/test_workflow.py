"""Workflows and actions: what their steps run, with values that point into the YAML."""

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tflint_locks.facts import Command, ScriptFile
from tflint_locks.read.workflow import read_workflow
from tflint_locks.value import Literal, shown

PATH = ".github/workflows/deploy.yml"


def read(text: str) -> ScriptFile:
    return read_workflow(PATH, textwrap.dedent(text))


def job(steps: str, before: str = "", top: str = "") -> str:
    """Return a workflow of one job."""
    body = textwrap.indent(textwrap.dedent(steps).strip(), "      ")
    head = textwrap.indent(textwrap.dedent(before).strip(), "    ")
    return f"{textwrap.dedent(top)}jobs:\n  plan:\n{head}\n    steps:\n{body}\n"


def line(command: Command) -> str:
    return f"[{shown(command.directory)}] {command.tool} " + " ".join(shown(word.value) for word in command.words)


def lines(text: str) -> list[str]:
    return [line(command) for command in read(text).commands]


@pytest.mark.parametrize(
    ("steps", "before", "expected"),
    [
        ("- run: terraform init", "", ["[] terraform init"]),
        ("- run: |\n    cd infra\n    terraform init", "", ["[infra] terraform init"]),
        ("- run: terraform init\n  working-directory: ./infra", "", ["[infra] terraform init"]),
        ("- run: terraform init", "defaults: {run: {working-directory: tf}}", ["[tf] terraform init"]),
        ("- run: terraform init\n  shell: pwsh", "", ["[] terraform init"]),
        (
            "- run: $E = 'a'; terraform init -b=$E.${{ env.B }}",
            "env: {B: y}\nruns-on: windows-latest",
            ["[] terraform init -b=a.y"],
        ),
        ("- run: terraform init\n  shell: python", "", []),
        ("- {run: terraform init, shell: bash}", "runs-on: windows-latest", ["[] terraform init"]),
        ("- run: terraform init -b=$B\n  env: {B: x}", "env: {B: y}", ["[] terraform init -b=x"]),
        ("- run: terraform init -b=${{ env.B }}", "env: {B: y}", ["[] terraform init -b=y"]),
        ("- run: cd $GITHUB_WORKSPACE/tf && terraform init", "", ["[tf] terraform init"]),
        ("- run: terraform -chdir=${{ github.workspace }}/tf init", "", ["[] terraform -chdir=<<repository>>/tf init"]),
        (
            "- run: terraform init -b=${{ secrets.B }} -k=${{steps.a.outputs.k}}",
            "",
            ["[] terraform init -b=<${{ secrets.B }}> -k=<${{ steps.a.outputs.k }}>"],
        ),
        (
            "- uses: actions/checkout@v4\n  with: {path: src}\n- run: terraform init\n  working-directory: src/tf",
            "",
            ["[tf] terraform init"],
        ),
        (
            "- run: terraform init\n  working-directory: ${{ github.workspace }}/tf",
            "",
            ["[tf] terraform init"],
        ),
        (
            "- run: terraform init -b=${{ github.ref_name }}",
            "if: github.ref == 'refs/heads/a'",
            ["[] terraform init -b=a"],
        ),
        ("- run: |\n    cat <<EOF\n    terraform init\n    EOF", "", []),
        ("- run: >-\n    terraform\n    init\n    -x", "", ["[] terraform init -x"]),
    ],
)
def test_a_step_runs_its_commands(steps: str, before: str, expected: list[str]) -> None:
    assert lines(job(steps, before)) == expected


def test_the_ref_is_one_however_it_is_asked_for() -> None:
    """The shell's variables, the name and the tests of the ref agree within a run."""
    steps = """
        - run: terraform init -backend-config=$WS.hcl
        - run: |
            if [ "$GITHUB_REF_NAME" = main ]; then E=prod; else E=dev; fi
            if [ "$GITHUB_REF" = refs/heads/main ]; then terraform apply -n=$GITHUB_REF_NAME; fi
            case "${GITHUB_REF##*/}" in main) P=prod;; *) P=dev;; esac
            terraform plan -var-file=$E$P.tfvars -f=${{ contains(github.ref, 'fea') && 'f' || 'n' }}
    """
    top = "env: {WS: \"${{ github.ref == 'refs/heads/main' && 'prod' || 'dev' }}\"}\n"
    assert lines(job(steps, top=top)) == [
        "[] terraform init -backend-config=prod.hcl",
        "[] terraform apply -n=main",
        "[] terraform plan -var-file=prodprod.tfvars -f=n",
        "[] terraform init -backend-config=dev.hcl",
        "[] terraform plan -var-file=devdev.tfvars -f=n",
        "[] terraform init -backend-config=dev.hcl",
        "[] terraform plan -var-file=devdev.tfvars -f=f",
    ]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (
            """
        - if: endsWith(github.ref, '/main')
          run: terraform init -b=prod
        - if: endsWith(github.ref, '/dev')
          run: terraform init -b=dev
        - if: endsWith(github.ref, '/main')
          run: terraform apply -v=prod
        - if: github.ref == 'refs/heads/dev'
          run: terraform apply -v=dev
        """,
            ["init -b=prod", "apply -v=prod", "init -b=dev", "apply -v=dev"],
        ),
        (
            """
        - if: "!startsWith(github.ref, 'refs/tags/')"
          run: terraform init -b=dev
        - if: startsWith(github.ref, 'refs/tags/v')
          run: terraform init -b=prod
        - run: terraform apply -v=${{ startsWith(github.ref, 'refs/tags/') && 'prod' || 'dev' }}
        """,
            ["apply -v=dev", "init -b=dev", "apply -v=prod", "init -b=prod"],
        ),
        (
            """
        - run: terraform init -b=${{ contains(github.ref_name, 'prod') && 'prod' || 'dev' }}
        - run: terraform apply -v=${{ github.ref == 'refs/heads/prod' && 'prod' || 'dev' }}
        """,
            ["init -b=prod", "apply -v=prod", "init -b=dev", "apply -v=dev"],
        ),
        (
            """
        - run: |
            if [[ "$GITHUB_REF" == */main ]]; then A=prod; else A=dev; fi
            case "$GITHUB_REF_NAME" in main|release/*) B=prod;; *) B=dev;; esac
            terraform apply -v=$A-$B-$GITHUB_REF_NAME
        """,
            [
                "apply -v=dev-dev-<${{ github.ref_name }}>",
                "apply -v=dev-prod-<${{ github.ref_name }}>",
                "apply -v=prod-prod-main",
            ],
        ),
        (
            """
        - run: |
            [[ $X =~ ^prod- ]] && A=prod || A=dev
            [[ $X =~ ^prod- ]] && B=prod || B=dev
            terraform apply -v=$A-$B-$X
        """,
            ["apply -v=dev-dev-<$X>", "apply -v=prod-prod-<$X>"],
        ),
        (
            "- run: terraform init -b=${{ startsWith(inputs.env, 'p') && 'P' || 'D' }}-${{ inputs.env }}",
            ["init -b=D-dev", "init -b=P-prod"],
        ),
        (
            """
        - run: terraform init -b=${{ contains(fromJSON('["refs/heads/main"]'), github.ref) && 'prod' || 'dev' }}
        """,
            ["init -b=<${{ contains(fromJSON('[\"refs/heads/main\"]'), github.ref) && 'prod' || 'dev' }}>"],
        ),
    ],
)
def test_what_is_asked_of_a_part_of_one_text_goes_together(steps: str, expected: list[str]) -> None:
    top = "on: {workflow_dispatch: {inputs: {env: {type: choice, options: [dev, prod]}}}}\n"
    found = [one.removeprefix("[] terraform ") for one in lines(job(steps, top=top))]
    assert sorted(dict.fromkeys(found)) == sorted(expected)


def test_a_job_for_branches_of_one_shape_says_nothing_certain_of_one_of_them() -> None:
    steps = """
        - run: terraform init -b=${{ github.ref == 'refs/heads/main' && 'prod' || 'dev' }}
        - run: |
            if [ "$GITHUB_REF_NAME" = main ]; then A=prod; else A=dev; fi
            terraform apply -v=$A-${{ github.ref_name }}
    """
    assert lines(job(steps, "if: endsWith(github.ref, '/main')")) == [
        "[] terraform init -b=prod",
        "[] terraform apply -v=prod-main",
        "[] terraform init -b=dev",
        "[] terraform apply -v=dev-<${{ github.ref_name }}>",
    ]


def test_a_choice_holds_for_what_only_asks_for_it() -> None:
    steps = """
        - run: terraform init -b=${{ matrix.e }}
        - if: matrix.e == 'prod'
          run: terraform plan -v=prod
        - if: matrix.e != 'prod'
          run: terraform plan -v=other
    """
    assert lines(job(steps, "strategy: {matrix: {e: [dev, prod]}}")) == [
        "[] terraform init -b=dev",
        "[] terraform plan -v=other",
        "[] terraform init -b=prod",
        "[] terraform plan -v=prod",
    ]


def test_the_one_event_of_a_workflow_is_known() -> None:
    steps = "- run: terraform ${{ github.event_name == 'push' && 'apply' || 'plan' }}"
    assert lines(job(steps, top="on: push\n")) == ["[] terraform apply"]
    assert len(lines(job(steps, top="on: [push, pull_request]\n"))) == 2


def test_a_matrix_list_is_a_choice_held_through_the_job() -> None:
    steps = "- run: terraform init -backend-config=${{ matrix.env }}.hcl\n"
    steps += "- run: terraform plan -var-file=${{matrix.env}}.tfvars"
    commands = read(job(steps, "strategy: {matrix: {env: [dev, prod]}}")).commands
    assert {(choice.identity, choice.texts) for command in commands for choice in command.choices} == {
        ("${{ matrix.env }}", ("dev", "prod"))
    }
    assert {command.scope for command in commands} == {"plan"}


def test_an_include_adds_a_combination() -> None:
    text = job("- run: terraform init ${{ matrix.env }}", "strategy: {matrix: {env: [a], include: [{env: b}]}}")
    assert lines(text) == ["[] terraform init a", "[] terraform init b"]


def test_an_input_offers_its_options_and_its_default_is_only_likely() -> None:
    top = """
    on:
      workflow_dispatch:
        inputs:
          env: {type: choice, options: [dev, prod]}
          key: {default: x}
    """
    (command,) = read(
        job("- run: terraform init ${{ inputs.env }}.hcl ${{ github.event.inputs.key }}.hcl", top=top)
    ).commands
    assert [choice.texts for choice in command.choices] == [("dev", "prod")]
    piece = command.words[2].value[0]
    assert not isinstance(piece, Literal)
    assert piece.likely == "x"


def test_a_choice_between_two_texts_holds_in_all_steps() -> None:
    steps = """
    - run: terraform init -backend-config=${{ matrix.env == 'production' && 'prod' || 'staging' }}.hcl
    - run: terraform plan -var-file=${{ matrix.env == 'production' && 'prod' || 'staging' }}.tfvars -e=${{ matrix.env }}
    """
    assert lines(job(steps, "strategy: {matrix: {env: [staging, production]}}")) == [
        "[] terraform init -backend-config=staging.hcl",
        "[] terraform plan -var-file=staging.tfvars -e=staging",
        "[] terraform init -backend-config=prod.hcl",
        "[] terraform plan -var-file=prod.tfvars -e=production",
    ]


def test_a_step_with_a_condition_is_conditional() -> None:
    (command,) = read(job("- run: terraform apply\n  if: success()")).commands
    assert command.conditional


def test_what_earlier_steps_set_is_seen() -> None:
    steps = """
    - uses: aws-actions/configure-aws-credentials@v4
      with: {aws-region: eu-west-1}
    - run: echo "STATE_BUCKET=$(cat b)" | tee -a $GITHUB_ENV # for terraform
    - run: terraform init -b=${STATE_BUCKET:-y}
    """
    (command,) = read(job(steps)).commands
    assert dict(command.environment)["AWS_REGION"][0].text == "eu-west-1"  # type: ignore[union-attr]
    assert line(command) == "[] terraform init -b=<$STATE_BUCKET>"


@pytest.mark.parametrize(
    "step",
    [
        "- run: terraform init -backend-config=bucket=acme-state",
        "- run: |\n    # first\n    terraform init -backend-config=bucket=acme-state\n",
        "- run: >\n    terraform init\n    -backend-config=bucket=acme-state\n",
        '- run: "echo \\"a\\" é; terraform init -backend-config=bucket=acme-state"',
        "- run: 'echo ''a''; terraform init -backend-config=bucket=acme-state'",
        "- run: terraform init\n    -backend-config=bucket=acme-state",
        "- run: 'terraform init -backend-config=bucket=$B'\n  env: {B: acme-state}",
    ],
)
def test_values_point_into_the_file(step: str) -> None:
    text = job(step)
    (command,) = read_workflow(PATH, text).commands
    span = command.words[-1].value[-1].span
    assert span
    assert text[span.start : span.end].endswith("acme-state")


def test_versions_of_setup_actions() -> None:
    steps = """
    - uses: hashicorp/setup-terraform@v3
      with: {terraform_version: "${{ env.TF }}"}
    - uses: opentofu/setup-opentofu@v1
      with: {tofu_version: 1.8.0}
    """
    found = read(job(steps, "env: {TF: '1.9.5'}")).versions
    assert [(version.tool, version.constraint) for version in found] == [("terraform", "1.9.5"), ("tofu", "1.8.0")]


def test_a_composite_action_is_read_with_its_inputs_open() -> None:
    text = """
    inputs: {dir: {default: infra}}
    runs:
      using: composite
      steps:
        - run: terraform init
          shell: bash
          working-directory: ${{ inputs.dir }}
    """
    assert lines(text) == ["[<${{ inputs.dir }}>] terraform init"]


def test_variables_of_a_job_are_names() -> None:
    names = read(job("- run: terraform init", "env: {LOCK_TABLE: acme-locks, COLOR: red}")).names
    assert [(name.name, shown(name.value), name.scope) for name in names] == [("LOCK_TABLE", "acme-locks", "plan")]


def test_anchors_and_merge_keys_are_followed() -> None:
    text = "x: &x {B: acme}\njobs:\n  a:\n    env: {<<: *x}\n"
    text += "    steps:\n      - &s {run: terraform init $B}\n  b:\n    steps: [*s]\n"
    assert lines(text) == ["[] terraform init acme", "[] terraform init <$B>"]


def test_comments_stand_outside_scalars() -> None:
    text = "# tflint-locks: ignore[a]\njobs: {} # two\nx: 'a # no'\ny: |\n  # no\n"
    assert [remark.text for remark in read(text).remarks] == ["tflint-locks: ignore[a]", "two"]


@pytest.mark.parametrize(
    ("text", "at"),
    [("jobs: [", 7), ("a: b: c\n", 4), ("a: \x01", 3), ("[" * 100, 60)],
)
def test_what_is_no_yaml_is_a_fault_with_its_place(text: str, at: int) -> None:
    found = read_workflow(PATH, text)
    assert [fault.span.start for fault in found.faults] == [at]


@settings(max_examples=100, deadline=None)
@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            [
                "jobs:",
                "  a:",
                "    steps:",
                "    - run: |",
                "        terraform init ${{ x }}",
                "      if: a == 'b'",
                "&a",
                "*a",
                "<<: *a",
                "? ",
                "[",
                "}",
                "- {run: 'terraform init'}",
            ]
        ),
        max_size=12,
    ).map("\n".join)
)
def test_any_text_is_read_and_spans_lie_in_it(text: str) -> None:
    found = read_workflow(PATH, text)
    for command in found.commands:
        assert 0 <= command.span.start <= command.span.end <= len(text)
    for fault in found.faults:
        assert 0 <= fault.span.start <= len(text)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("github.ref == 'refs/heads/main' && 'prod' || 'dev'", ["prod", "dev"]),
        ("github.ref_name == 'main' && 'prod' || github.ref_name == 'stg' && 'stg' || 'dev'", ["prod", "stg", "dev"]),
        ("(github.actor == 'push' && format('{0}-{1}', env.A, 'x')) || env.A", ["a-x", "a"]),
        ("env.A != 'A' && 'no' || 'yes'", ["yes"]),
        ("!(env.A == 'b') && 'not b' || 'b'", ["not b"]),
        ("contains(env.A, 'A') && startsWith('ab', 'a') && 'both'", ["both"]),
        ("endsWith(github.ref, 'x') && 'x' || 'y'", ["x", "y"]),
        ("env['A']", ["a"]),
        ("inputs.free || 'dev'", ["<${{ inputs.free || 'dev' }}>"]),
        ("inputs.free && 'set' || 'dev'", ["set", "dev"]),
        ("inputs.stage == 'prod' && 'p' || 'd'", ["p", "d"]),
        ("inputs.stage || 'dev'", ["<${{ inputs.stage }}>"]),
        ("inputs.stage || 'qa'", ["<${{ inputs.stage || 'qa' }}>"]),
        ("github.event.inputs.stage", ["<${{ inputs.stage }}>"]),
        ("fromJSON('3')", ["3"]),
        ("format('{0}{1}', 'x')", ["<${{ format('{0}{1}', 'x') }}>"]),
        ("env.A == env.B && 'x'", ["x", "false"]),
        ("a b '", ["<${{ a b ' }}>"]),
        ("((((((((((((((((((((((((((((((((((((((((((((((((((((('x'", None),
    ],
)
def test_expressions_are_worked_out(expression: str, expected: list[str] | None) -> None:
    top = "on: {workflow_dispatch: {inputs: {stage: {type: choice, options: [prod, dev]}, free: {}}}}\n"
    text = job(f'- run: terraform init "${{{{ {expression} }}}}"', "env: {A: a}", top)
    found = [shown(command.words[1].value) for command in read(text).commands]
    assert sorted(found) == sorted(expected) if expected else len(found) == 1


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        ("{e: [a, b]}", ["<${{ matrix.e }}>-<${{ matrix.r }}>"]),
        ("{e: [a, b], r: [x, y], exclude: [{e: a, r: y}]}", ["a-x", "b-x", "b-y"]),
        ("{e: [a, b], include: [{e: a, r: x}, {e: c, r: z}]}", ["a-x", "b-", "c-z"]),
        ("{include: [{e: a, r: x}, {e: b, r: y}]}", ["a-x", "b-y"]),
        ("{e: [a, b], include: [{r: x}]}", ["a-x", "b-x"]),
        ("{e: ['${{ inputs.x }}'], r: [x]}", ["<${{ inputs.x }}>-x"]),
        ("{e: '${{ fromJSON(''[\"a\"]'') }}', r: [x]}", ["a-x"]),
        ("{e: '${{ fromJSON(needs.a.outputs.b) }}', r: [x]}", ["<${{ matrix.e }}>-x"]),
        ("'${{ fromJSON(needs.a.outputs.b) }}'", ["<${{ matrix.e }}>-<${{ matrix.r }}>"]),
    ],
)
def test_a_matrix_makes_combinations(matrix: str, expected: list[str]) -> None:
    text = job('- run: terraform init "${{ matrix.e }}-${{ matrix.r }}"', f"strategy: {{matrix: {matrix}}}")
    assert [shown(command.words[1].value) for command in read(text).commands] == expected


def test_objects_of_a_matrix_have_parts() -> None:
    matrix = "strategy: {matrix: {at: [{env: dev, dir: a}, {env: prod, dir: b}]}}"
    steps = "- run: terraform init ${{ matrix.at.env }}\n  working-directory: ${{ matrix.at.dir }}"
    assert lines(job(steps, matrix)) == ["[a] terraform init dev", "[b] terraform init prod"]


def test_a_matrix_too_large_is_not_followed() -> None:
    many = ", ".join(str(number) for number in range(9))
    matrix = f"strategy: {{matrix: {{a: [{many}], b: [{many}], include: [{{c: x}}]}}}}"
    assert lines(job("- run: terraform init ${{ matrix.a }}", matrix)) == ["[] terraform init <${{ matrix.a }}>"]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("echo env=prod >> $GITHUB_OUTPUT", ["prod"]),
        ('echo "env=$(echo prod)" >> "$GITHUB_OUTPUT"', ["prod"]),
        ('E=prod; echo "env=${E}-x" >> ${GITHUB_OUTPUT}', ["prod-x"]),
        ("printf 'env=%s\\n' prod >> $GITHUB_OUTPUT", ["prod"]),
        (
            'if [ "$R" = a ]; then echo env=prod >> $GITHUB_OUTPUT; else echo env=dev >> $GITHUB_OUTPUT; fi',
            ["prod", "dev"],
        ),
        ('f() { echo "$1=$2" >> $GITHUB_OUTPUT; }; f env prod', ["prod"]),
        ("(echo env=prod >> $GITHUB_OUTPUT)", ["<${{ steps.s.outputs.env }}>"]),
        ("echo env=prod >> $GITHUB_OUTPUT\ncat x >> $GITHUB_OUTPUT", ["<${{ steps.s.outputs.env }}>"]),
        ("echo env=prod | tee -a $GITHUB_OUTPUT", ["<${{ steps.s.outputs.env }}>"]),
        ("echo env=prod >> $GITHUB_OUTPUT\nif x; then exit 0; fi", ["<${{ steps.s.outputs.env }}>"]),
        ("echo env=prod >> $GITHUB_OUTPUT\nif x; then exit 1; fi", ["prod"]),
        ("if x; then echo env=prod >> $GITHUB_OUTPUT; fi", ["<env@0>"]),
        ("# $GITHUB_OUTPUT\necho env=prod >> $GITHUB_OUTPUT", ["prod"]),
    ],
)
def test_what_a_step_hands_on(script: str, expected: list[str]) -> None:
    indented = textwrap.indent(script, "    ")
    steps = f"- id: s\n  run: |\n{indented}\n- run: terraform init ${{{{ steps.s.outputs.env }}}}"
    found = [shown(command.words[1].value) for command in read(job(steps)).commands]
    assert sorted(found) == sorted(expected) or (expected == ["<env@0>"] and found[0][0] == "<" and len(found) == 1)


def test_outputs_reach_the_jobs_that_need_them() -> None:
    text = """
    on: {workflow_dispatch: {inputs: {env: {type: choice, options: [dev, prod]}}}}
    jobs:
      use:
        needs: choose
        steps:
          - run: terraform init -b=${{ needs.choose.outputs.bucket }} -k=${{ inputs.env }}
      choose:
        outputs: {bucket: "${{ steps.s.outputs.bucket }}"}
        steps:
          - id: s
            run: |
              case "${{ inputs.env }}" in
                dev) echo "bucket=acme-dev" >> $GITHUB_OUTPUT ;;
                prod) echo "bucket=acme-prod" >> $GITHUB_OUTPUT ;;
              esac
    """
    assert lines(text) == ["[] terraform init -b=acme-dev -k=dev", "[] terraform init -b=acme-prod -k=prod"]


def test_a_step_that_may_not_run_hands_on_what_it_does_where_it_does() -> None:
    steps = """
    - id: a
      if: github.event_name == 'push'
      run: echo env=prod >> $GITHUB_OUTPUT
    - run: terraform init ${{ steps.a.outputs.env || 'dev' }}
    - id: b
      if: failure()
      run: echo env=prod >> $GITHUB_OUTPUT
    - run: terraform plan ${{ steps.b.outputs.env }}
    """
    found = sorted(set(lines(job(steps))))
    assert found[:2] == ["[] terraform init dev", "[] terraform init prod"]


def test_variables_of_an_earlier_step_are_known() -> None:
    steps = """
    - run: echo "TF_WORKSPACE=prod" >> "$GITHUB_ENV"
    - run: terraform plan
    """
    (command,) = read(job(steps)).commands
    assert [(name, shown(value)) for name, value in command.environment] == [("TF_WORKSPACE", "prod")]


@pytest.mark.parametrize(
    ("condition", "count"),
    [("false", 0), ("${{ false }}", 0), ("env.A == 'b'", 0), ("env.A == 'a'", 1), ("always()", 1), ("x ==", 1)],
)
def test_a_step_that_never_runs_is_left_out(condition: str, count: int) -> None:
    assert len(lines(job(f"- run: terraform apply\n  if: {condition}", "env: {A: a}"))) == count


def test_a_job_runs_only_where_its_condition_holds() -> None:
    top = "on: {workflow_dispatch: {inputs: {env: {type: choice, options: [dev, prod]}}}}\n"
    steps = "- run: terraform init ${{ inputs.env }}"
    assert lines(job(steps, "if: inputs.env == 'prod'", top)) == ["[] terraform init prod"]
    assert lines(job(steps, "if: false", top)) == []


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["'a'", "a.b", "env.A", "==", "!=", "&&", "||", "!", "(", ")", "[", "]", "format(", ",", "{0}", "1"]
        )
    ).map(" ".join)
    | st.text(max_size=30)
)
def test_any_expression_is_read(expression: str) -> None:
    read_workflow(
        PATH, f"jobs:\n  a:\n    steps:\n    - if: {expression}\n      run: terraform init ${{{{ {expression} }}}}\n"
    )
