"""Which reader reads which file, and the facts of a whole tree; says nothing of what they mean together."""

import posixpath
import re
from collections.abc import Callable, Mapping
from importlib import import_module

from tflint_locks.facts import (
    Assignments,
    DocumentFile,
    Fault,
    PolicyDocument,
    Remark,
    ScriptFile,
    StackTemplate,
    TerraformFile,
    TerragruntFile,
    ToolVersion,
)
from tflint_locks.read.terraform import read_assignments
from tflint_locks.record import NamedTuple, field, record
from tflint_locks.regex import regex
from tflint_locks.settings import SETTINGS_FILE
from tflint_locks.source import Source, Unreadable, says
from tflint_locks.tree import Tree

_CONFIGURATION = (".tf", ".tofu", ".tf.json", ".tofu.json")
# HCL that other tools own: never a backend or var file.
_FOREIGN = regex(
    r"(?:^|/)(?:terragrunt[^/]*\.hcl|root\.hcl|\.terraform\.lock\.hcl|\.tflint\.hcl|[^/]*\.(?:pkr|tm|tftest|tfquery|nomad|pkrvars)\.hcl"
    r"|docker-bake[^/]*\.hcl|\.terraformrc|nginx[^/]*\.conf|mime\.types)$"
)
# Suffixes and words of files that are patterns for a live file, not live (DESIGN §2).
_NOT_LIVE = frozenset("example sample dist tmpl tpl j2 disabled bak orig template".split())
# Templates of CloudFormation, named as what they are.
_STACK_OUTPUT = regex(r"\.template(?:\.json|\.ya?ml)?$")
_STACK_WORDS = regex(r"AWS::(?:DynamoDB::(?:Global)?Table|S3::Bucket|Serverless|IAM::)")
# Without one of these a script or workflow says nothing of a backend.
_SCRIPT_WORDS = (
    b"terraform", b"tofu", b"terragrunt", b"dynamodb", b"aws s3", b"s3api", b"tfstate", b"state_bucket", b"lock_table",
)  # fmt: skip
_WORKFLOW = regex(r"(?:^|/)\.github/(?:workflows/[^/]+|actions/(?:.+/)?action)\.ya?ml$|(?:^|/)action\.ya?ml$")
_GITLAB_PATH = regex(r"(?:^|/)(?:[^/]*\.gitlab-ci[^/]*|\.gitlab(?:-ci)?/.+)\.ya?ml$")
_CIRCLECI_PATH = regex(r"(?:^|/)\.circleci/[^/]+\.ya?ml$")
_AZURE_PATH = regex(
    r"(?:^|/)(?:[^/]*azure[-_.]?pipelines?[^/]*|azure-[^/]*pipeline|\.(?:azure[^/]*|ado|vsts)/.+"
    r"|(?:\.?pipelines?|azure(?:-devops)?)/.+)\.ya?ml$"
)
_AZURE_WORDS = regex(r"\b(?:task|stages?|jobs?|steps|deployment|template|vmImage)\s*:")
_SETTINGS_NOUNS = (b"table", b"bucket", b"backend", b"state_lock", b"state-lock", b"state.lock")
_SETTINGS_WORDS = regex(
    r"(?i)lock[_.-]?table|dynamodb[_.-]?table|state[_.-]?bucket|tfstate[_.-]?bucket|(?:terraform|tf|state)[_.-]?backend|state[_.-]lock"
)
# Programs count only where their name says an environment, and they have an account, region, table or bucket.
_FOR_ENVIRONMENT = regex(
    r"(?i)(?:^|[^a-z])(?:prod|production|prd|stg|staging|stage|dev|develop|development|test|qa|uat|sit|preprod|nonprod|sandbox)(?![a-z])"
)
_CONSTANT_NOUNS = ("ACCOUNT", "REGION", "LOCK_TABLE", "STATE_BUCKET")
_CONSTANT_WORDS = regex(r"^[a-z \t]{0,16}[A-Z_]{0,30}(?:ACCOUNT|REGION|LOCK_TABLE|STATE_BUCKET)", re.MULTILINE)
_BACKEND_WORDS = regex(
    r"^\s*(?:bucket|key|dynamodb_table|use_lockfile)\s*=|\"(?:bucket|dynamodb_table)\"\s*:", re.MULTILINE
)
_BACKEND_PATH = regex(r"backend|tfstate|remote[-_]?state", re.IGNORECASE)

_Live = TerraformFile | Assignments | ScriptFile | DocumentFile | StackTemplate | TerragruntFile
_Facts = _Live | PolicyDocument


@record
class Reading:
    """The facts of a tree by kind; ``paths`` is every file there is."""

    paths: frozenset[str]
    terraform: dict[str, TerraformFile] = field(default_factory=dict)
    assignments: dict[str, Assignments] = field(default_factory=dict)
    scripts: dict[str, ScriptFile] = field(default_factory=dict)
    policies: dict[str, PolicyDocument] = field(default_factory=dict)
    templates: dict[str, StackTemplate] = field(default_factory=dict)
    documents: dict[str, DocumentFile] = field(default_factory=dict)
    terragrunt: dict[str, TerragruntFile] = field(default_factory=dict)
    versions: list[ToolVersion] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)

    def faults(self) -> tuple[Fault, ...]:
        """Return the places that do not parse, of every file."""
        files: tuple[Mapping[str, _Facts], ...] = (
            self.terraform,
            self.assignments,
            self.scripts,
            self.policies,
            self.terragrunt,
        )
        return tuple(fault for facts in files for file in facts.values() for fault in file.faults)

    def remarks(self) -> tuple[Remark, ...]:
        """Return the comments of every file."""
        files: tuple[Mapping[str, _Live], ...] = (
            self.terraform,
            self.assignments,
            self.scripts,
            self.documents,
            self.templates,
            self.terragrunt,
        )
        return tuple(remark for facts in files for file in facts.values() for remark in file.remarks)


def is_live(path: str) -> bool:
    """Tell whether a file is what it looks like, not an example or a template for it."""
    return _NOT_LIVE.isdisjoint(posixpath.basename(path).lower().split(".")[1:])


def says_backend(path: str) -> bool:
    """Tell whether a path says that the file is a backend file."""
    return bool(_BACKEND_PATH.search(path))


def read_tree(tree: Tree) -> Reading:
    """Read every file that may say something about a state backend."""
    reading = Reading(frozenset(tree.paths()))
    reading.unreadable.extend(Unreadable(folder, "a folder that cannot be listed") for folder in sorted(tree.unlisted))
    for path in sorted(reading.paths):
        if is_live(path):
            _read(reading, tree, path, _readers(posixpath.basename(path)))
        elif _STACK_OUTPUT.search(path):
            _read(reading, tree, path, (_STACK,))
    return reading


def _readers(name: str) -> "tuple[_Reader, ...]":
    """Return the readers that a file's name may be for."""
    suffix = ".env" if name.startswith(".env.") else name[name.rfind(".") :] if "." in name else ""
    stem = _STEM.match(name)
    return (*_BY_NAME.get(name, ()), *_BY_SUFFIX.get(suffix, ()), *(_BY_NAME[stem[1]] if stem else ()))


# Names that an ending of any kind tells apart: Jenkinsfile.prod, Dockerfile.terraform.
_STEM = regex(r"(Makefile|Jenkinsfile|Dockerfile)[._-](?!dockerignore)")


def _read(reading: Reading, tree: Tree, path: str, readers: "tuple[_Reader, ...]") -> None:
    """Read a file with the first reader that its path and then its text fit."""
    for reader in readers:
        if reader.fits(path, posixpath.basename(path)):
            source = tree.text(path)
            if not isinstance(source, Source):
                reading.unreadable.append(source)
                return
            if reader.speaks(source):
                _keep(reading, reader.read(path, source.text))
                return


def _cut(file: ScriptFile) -> ScriptFile:
    """Say of a script that has as many commands as are followed that there may be more."""
    from tflint_locks.read.settle import MOST_COMMANDS  # a script is at hand, and so is this

    if len(file.commands) < MOST_COMMANDS:
        return file
    fault = Fault("so many commands that further ones may not be followed", file.commands[-1].span)
    return file._replace(faults=(*file.faults, fault))


def _keep(reading: Reading, facts: "_Facts | tuple[ToolVersion, ...]") -> None:
    """Put facts where their kind is kept."""
    if isinstance(facts, TerraformFile):
        reading.terraform[facts.path] = facts
    elif isinstance(facts, Assignments):
        reading.assignments[facts.path] = facts
    elif isinstance(facts, ScriptFile):
        reading.scripts[facts.path] = _cut(facts)
        reading.versions.extend(facts.versions)
    elif isinstance(facts, TerragruntFile):
        reading.terragrunt[facts.path] = facts
    elif isinstance(facts, PolicyDocument):
        reading.policies[facts.path] = facts
    elif isinstance(facts, StackTemplate):
        reading.templates[facts.path] = facts
    elif isinstance(facts, DocumentFile):
        reading.documents[facts.path] = facts
    else:
        reading.versions.extend(facts)


class _Reader(NamedTuple):
    """One reader: which paths and texts it reads, and the function, imported when the first such file is met."""

    fits: Callable[[str, str], bool]
    speaks: Callable[[Source], bool]
    module: str

    def read(self, path: str, text: str) -> "_Facts | tuple[ToolVersion, ...]":
        """Read a text: ``tflint_locks.read.<module>.read_<name>``."""
        module, _, name = self.module.partition(":")
        found: _Facts | tuple[ToolVersion, ...] = getattr(import_module(f"tflint_locks.read.{module}"), name)(
            path, text
        )
        return found


def _is_extensionless_script(path: str, _name: str) -> bool:
    return posixpath.basename(posixpath.dirname(path)) in ("bin", "scripts", "script", "hack", "ci", ".ci")


def _says_assignments(source: Source) -> bool:
    """Read var files always, other files only where they hold a backend's words."""
    sure = source.path.endswith((".tfvars", ".tfvars.json", ".tfbackend", ".backend"))
    return sure or _BACKEND_WORDS.search(source.text) is not None


def _speaks(source: Source) -> bool:
    return says(source.text, _SCRIPT_WORDS)


def _speaks_or_calls(source: Source) -> bool:
    """Read a workflow also where it only calls others of the repository."""
    return "uses: ./" in source.text or _speaks(source)


def _takes_in(source: Source) -> bool:
    """Tell whether a CI or task file speaks of a backend, or takes in files that may."""
    return _speaks(source) or "include" in source.text


def _may_be_azure(path: str) -> bool:
    return any(word in path for word in ("azure", "pipeline", ".ado", ".vsts"))


def _says_azure(source: Source) -> bool:
    return _AZURE_WORDS.search(source.text) is not None and (_speaks(source) or "template:" in source.text)


def _says_settings(source: Source) -> bool:
    return says(source.text, _SETTINGS_NOUNS) and _SETTINGS_WORDS.search(source.text) is not None


def _says_constant(text: str) -> bool:
    return any(noun in text for noun in _CONSTANT_NOUNS) and _CONSTANT_WORDS.search(text) is not None


def _says_policy(source: Source) -> bool:
    return '"Statement"' in source.text and says(source.text, (b"dynamodb:", b"s3:"))


def _says_stack(source: Source) -> bool:
    return "Resources" in source.text and _STACK_WORDS.search(source.text) is not None


def _always(*_: object) -> bool:
    return True


# Terraform passes hidden files by.
_TERRAFORM = _Reader(lambda _, name: not name.startswith("."), _always, "terraform:read_terraform")
_TERRAFORM_JSON = _TERRAFORM._replace(
    fits=lambda _, name: name.endswith((".tf.json", ".tofu.json")) and not name.startswith(".")
)
_ASSIGNED = _Reader(lambda path, _: not _FOREIGN.search(path), _says_assignments, "terraform:read_assignments")
_ASSIGNED_JSON = _ASSIGNED._replace(fits=lambda _, name: name.endswith((".tfvars.json", ".tfbackend.json")))
_SCRIPT = _Reader(_always, _speaks, "script:read_script")
_SCRIPT_BY_FOLDER = _SCRIPT._replace(fits=_is_extensionless_script)
_WORKFLOW_FILE = _Reader(lambda path, _: _WORKFLOW.search(path) is not None, _speaks_or_calls, "workflow:read_workflow")
_GITLAB = _Reader(
    lambda path, _: "gitlab" in path and _GITLAB_PATH.search(path) is not None, _takes_in, "gitlab:read_gitlab"
)
_CIRCLECI = _Reader(
    lambda path, _: ".circleci/" in path and _CIRCLECI_PATH.search(path) is not None, _speaks, "circleci:read_circleci"
)
_AZURE = _Reader(
    lambda path, _: _may_be_azure(path) and _AZURE_PATH.search(path) is not None, _says_azure, "azure:read_azure"
)
_ATLANTIS = _Reader(_always, lambda source: "projects:" in source.text, "atlantis:read_atlantis")
_TASKFILE = _Reader(_always, _takes_in, "taskfile:read_taskfile")
_POLICY = _Reader(_always, _says_policy, "iam:read_policy")
_STACK = _Reader(_always, _says_stack, "cloudformation:read_template")
_TERRAGRUNT = _Reader(_always, _always, "terragrunt:read_terragrunt")
_ENV = _Reader(_always, _says_settings, "settings_files:read_env")
# The tool's own settings name what ought to be, not what is.
_SETTINGS = _ENV._replace(fits=lambda _, name: name != SETTINGS_FILE, module="settings_files:read_settings")
_CONSTANTS = _Reader(
    lambda _, name: _FOR_ENVIRONMENT.search(name) is not None,
    lambda source: _says_constant(source.text),
    "constants:read_constants",
)
_VERSION = _Reader(_always, _always, "version:read_version")
_MAKE = _Reader(_always, _speaks, "make:read_make")
_JUST = _Reader(_always, _speaks, "just:read_just")
_JENKINS = _Reader(_always, _speaks, "jenkins:read_jenkinsfile")
_POWERSHELL = _Reader(_always, _speaks, "powershell:read_powershell")
_DOCKERFILE = _Reader(_always, _speaks, "dockerfile:read_dockerfile")

# In the order in which they are tried; those of a file's name come before those of its suffix.
_BY_NAME: dict[str, tuple[_Reader, ...]] = dict.fromkeys(
    (
        ".terraform-version",
        ".opentofu-version",
        ".terragrunt-version",
        ".tool-versions",
        "mise.toml",
        ".mise.toml",
        ".tfswitchrc",
        ".tfswitch.toml",
        ".tgswitchrc",
    ),
    (_VERSION,),
)
_BY_NAME.update(dict.fromkeys(("terragrunt.hcl", "terragrunt.hcl.json", "terragrunt.stack.hcl"), (_TERRAGRUNT,)))
_BY_NAME.update(dict.fromkeys(("atlantis.yaml", "atlantis.yml"), (_ATLANTIS,)))
_BY_NAME.update(
    dict.fromkeys(
        ("Taskfile.yml", "Taskfile.yaml", "taskfile.yml", "taskfile.yaml", "Taskfile.dist.yml", "Taskfile.dist.yaml"),
        (_TASKFILE,),
    )
)
_BY_NAME.update(dict.fromkeys(("Makefile", "makefile", "GNUmakefile"), (_MAKE,)))
_BY_NAME.update(dict.fromkeys(("justfile", "Justfile", ".justfile", "JUSTFILE"), (_JUST,)))
_BY_NAME.update(dict.fromkeys(("Jenkinsfile", "jenkinsfile"), (_JENKINS,)))
_BY_NAME.update(dict.fromkeys(("Dockerfile", "Containerfile", "dockerfile"), (_DOCKERFILE,)))
_BY_SUFFIX: dict[str, tuple[_Reader, ...]] = {
    ".tf": (_TERRAFORM,),
    ".tofu": (_TERRAFORM,),
    ".json": (_TERRAFORM_JSON, _ASSIGNED_JSON, _STACK, _POLICY, _SETTINGS),
    **dict.fromkeys((".tfvars", ".hcl", ".tfbackend", ".backend", ".conf", ".config"), (_ASSIGNED,)),
    **dict.fromkeys((".sh", ".bash", ".zsh", ".envrc"), (_SCRIPT,)),
    **dict.fromkeys((".yml", ".yaml"), (_WORKFLOW_FILE, _GITLAB, _CIRCLECI, _AZURE, _STACK, _SETTINGS)),
    **dict.fromkeys((".mk", ".mak"), (_MAKE,)),
    **dict.fromkeys((".jenkinsfile", ".Jenkinsfile"), (_JENKINS,)),
    **dict.fromkeys((".ps1", ".psm1"), (_POWERSHELL,)),
    **dict.fromkeys((".dockerfile", ".Dockerfile"), (_DOCKERFILE,)),
    ".just": (_JUST,),
    ".env": (_ENV,),
    **dict.fromkeys((".py", ".js", ".ts", ".mjs", ".cjs"), (_CONSTANTS,)),
    "": (_SCRIPT_BY_FOLDER,),
}


def read_caller(reading: Reading, tree: Tree, path: str) -> None:
    """Read a workflow or script that by itself says nothing of a backend, because it calls a file that does."""
    reader = _WORKFLOW_FILE if path.endswith((".yml", ".yaml")) else _SCRIPT
    source = tree.text(path)
    if isinstance(source, Source) and is_live(path):
        _keep(reading, reader.read(path, source.text))


def read_named(reading: Reading, tree: Tree, path: str) -> Assignments | None:
    """Return a file that an invocation names as its backend or var file, whatever its extension."""
    if path not in reading.assignments and path in reading.paths and not path.endswith(_CONFIGURATION):
        source = tree.text(path)
        if isinstance(source, Source):
            reading.assignments[path] = read_assignments(path, source.text)
        else:
            reading.unreadable.append(source)
    return reading.assignments.get(path)
