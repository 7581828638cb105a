"""CI files that take in others: read as one, each command once."""

# ruff: noqa: E501 (the text of a file stays in one piece)

from tflint_locks.facts import ScriptFile
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.repository import load
from tflint_locks.settings import Settings
from tflint_locks.tree import DictTree
from tflint_locks.value import text_of

BACKEND = """terraform {
  backend "s3" {
    bucket         = "acme-tfstate"
    key            = "infra/terraform.tfstate"
    region         = "eu-west-1"
    dynamodb_table = "acme-terraform-locks"
  }
}
"""


def script(found: Repository, path: str) -> ScriptFile:
    file = found.facts[path]
    assert isinstance(file, ScriptFile)
    return file


def test_jobs_of_an_included_file_run_in_the_pipeline_that_includes_it() -> None:
    files = {
        ".gitlab-ci.yml": "include: /.gitlab/tf.yml\nvariables: {DIR: infra}\nstart: {extends: .tf}\n",
        ".gitlab/tf.yml": ".tf: {before_script: [cd $DIR, terraform init]}\nplan: {extends: .tf, script: terraform plan}\n",
    }
    found = load(DictTree({"infra/main.tf": BACKEND, **files}), Settings())
    assert script(found, ".gitlab/tf.yml").commands == ()
    commands = script(found, ".gitlab-ci.yml").commands
    assert {text_of(command.directory) for command in commands} == {"infra"}
    assert {command.span.path for command in commands} == {".gitlab/tf.yml"}


def test_included_files_anywhere_and_by_pattern_are_found() -> None:
    files = {
        ".gitlab-ci.yml": "include: [{local: 'ci/*.yml'}]\n",
        "ci/tf.yml": "plan: {script: [cd infra, terraform init]}\n",
        "ci/deep/other.yml": "plan2: {script: [cd infra, tofu init]}\n",
    }
    found = load(DictTree({"infra/main.tf": BACKEND, **files}), Settings())
    assert [command.tool for command in script(found, ".gitlab-ci.yml").commands] == ["terraform"]


def test_a_library_that_nothing_includes_runs_nothing() -> None:
    files = {".gitlab/tf.yml": ".tf: {script: [cd infra, terraform init -backend-config=bucket=x]}\n"}
    found = load(DictTree({"infra/main.tf": BACKEND, **files}), Settings())
    assert script(found, ".gitlab/tf.yml").commands == ()
    assert [text_of(one.value("bucket") or ()) for one in found.configurations] == ["acme-tfstate"]


def test_an_atlantis_project_takes_the_servers_workflow() -> None:
    files = {
        "atlantis.yaml": "projects: [{dir: infra, workflow: own}]\n",
        "server/repos.yaml": "workflows: {own: {plan: {steps: [{init: {extra_args: [-backend-config=key=own]}}]}}}\n",
    }
    found = load(DictTree({"infra/main.tf": BACKEND, **files}), Settings())
    assert "own" in [text_of(one.value("key") or ()) for one in found.configurations]


def test_azure_templates_run_with_the_parameters_they_are_given() -> None:
    steps = "parameters: {key: x}\nsteps: [{script: 'terraform init -backend-config=key=${{ parameters.key }}', workingDirectory: infra}]\n"
    files = {
        "azure-pipelines.yml": "steps: [{template: pipelines/steps.yml, parameters: {key: given}}]\n",
        "pipelines/steps.yml": steps,
    }
    found = load(DictTree({"infra/main.tf": BACKEND, **files}), Settings())
    assert script(found, "pipelines/steps.yml").commands == ()
    assert [text_of(one.value("key") or ()) for one in found.configurations] == ["given"]


def test_jobs_keep_their_groups_in_the_file_they_stand_in() -> None:
    files = {
        ".gitlab-ci.yml": "include: ci.yml\n",
        "ci.yml": "apply: {resource_group: prod, script: [cd infra, terraform init, terraform apply]}\n",
    }
    found = load(DictTree({"infra/main.tf": BACKEND, **files}), Settings())
    jobs = [job for file in found.facts.values() if isinstance(file, ScriptFile) for job in file.jobs]
    assert [[group.text for group in job.groups] for job in jobs] == [["prod"]]
