"""Which reader reads which file, and the facts of a whole tree; says nothing of what they mean together."""

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import NamedTuple

from tflint_locks.facts import Assignments, Fault, PolicyDocument, Remark, ScriptFile, TerraformFile, ToolVersion
from tflint_locks.read.terraform import read_assignments
from tflint_locks.source import Source, Unreadable
from tflint_locks.tree import Tree

_CONFIGURATION = (".tf", ".tofu", ".tf.json", ".tofu.json")
# HCL that other tools own: never a backend or var file.
_FOREIGN = re.compile(
    r"(?:^|/)(?:terragrunt[^/]*\.hcl|root\.hcl|\.terraform\.lock\.hcl|\.tflint\.hcl|[^/]*\.(?:pkr|tm|tftest|tfquery|nomad|pkrvars)\.hcl"
    r"|docker-bake[^/]*\.hcl|\.terraformrc|nginx[^/]*\.conf|mime\.types)$"
)
# Suffixes and words of files that are patterns for a live file, not live (DESIGN §2).
_NOT_LIVE = re.compile(r"\.(?:example|sample|dist|tmpl|tpl|j2|disabled|bak|orig|template)(?:\.|$)", re.IGNORECASE)
# Without one of these a script or workflow says nothing of a backend.
_SCRIPT_WORDS = (
    "terraform", "tofu", "terragrunt", "dynamodb", "aws s3", "s3api", "tfstate", "state_bucket", "lock_table",
)  # fmt: skip
_WORKFLOW = re.compile(r"(?:^|/)\.github/(?:workflows/[^/]+|actions/(?:.+/)?action)\.ya?ml$|(?:^|/)action\.ya?ml$")
_BACKEND_WORDS = re.compile(
    r"^\s*(?:bucket|key|dynamodb_table|use_lockfile)\s*=|\"(?:bucket|dynamodb_table)\"\s*:", re.MULTILINE
)
_BACKEND_PATH = re.compile(r"backend|tfstate|remote[-_]?state", re.IGNORECASE)

_Live = TerraformFile | Assignments | ScriptFile
_Facts = _Live | PolicyDocument


@dataclass(slots=True)
class Reading:
    """The facts of a tree by kind; ``paths`` is every file there is."""

    paths: frozenset[str]
    terraform: dict[str, TerraformFile] = field(default_factory=dict)
    assignments: dict[str, Assignments] = field(default_factory=dict)
    scripts: dict[str, ScriptFile] = field(default_factory=dict)
    policies: dict[str, PolicyDocument] = field(default_factory=dict)
    versions: list[ToolVersion] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)

    def faults(self) -> tuple[Fault, ...]:
        """Return the places that do not parse, of every file."""
        files: tuple[Mapping[str, _Facts], ...] = (self.terraform, self.assignments, self.scripts, self.policies)
        return tuple(fault for facts in files for file in facts.values() for fault in file.faults)

    def remarks(self) -> tuple[Remark, ...]:
        """Return the comments of every file."""
        files: tuple[Mapping[str, _Live], ...] = (self.terraform, self.assignments, self.scripts)
        return tuple(remark for facts in files for file in facts.values() for remark in file.remarks)


def is_live(path: str) -> bool:
    """Tell whether a file is what it looks like, not an example or a template for it."""
    return not _NOT_LIVE.search(posixpath.basename(path))


def says_backend(path: str) -> bool:
    """Tell whether a path says that the file is a backend file."""
    return bool(_BACKEND_PATH.search(path))


def read_tree(tree: Tree) -> Reading:
    """Read every file that may say something about a state backend."""
    reading = Reading(frozenset(tree.paths()))
    reading.unreadable.extend(Unreadable(folder, "a folder that cannot be listed") for folder in sorted(tree.unlisted))
    for path in sorted(reading.paths):
        if is_live(path):
            _read(reading, tree, path)
    return reading


def _read(reading: Reading, tree: Tree, path: str) -> None:
    """Read a file with the first reader that its path and then its text fit."""
    name = posixpath.basename(path)
    suffix = name[name.rfind(".") :] if "." in name else ""
    for reader in (*_BY_NAME.get(name, ()), *_BY_SUFFIX.get(suffix, ())):
        if reader.fits(path, name):
            source = tree.text(path)
            if not isinstance(source, Source):
                reading.unreadable.append(source)
                return
            if reader.speaks(source):
                _keep(reading, reader.read(path, source.text))
                return


def _keep(reading: Reading, facts: "_Facts | tuple[ToolVersion, ...]") -> None:
    """Put facts where their kind is kept."""
    if isinstance(facts, TerraformFile):
        reading.terraform[facts.path] = facts
    elif isinstance(facts, Assignments):
        reading.assignments[facts.path] = facts
    elif isinstance(facts, ScriptFile):
        reading.scripts[facts.path] = facts
        reading.versions.extend(facts.versions)
    elif isinstance(facts, PolicyDocument):
        reading.policies[facts.path] = facts
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
    low = source.text.lower()
    return any(word in low for word in _SCRIPT_WORDS)


def _says_policy(source: Source) -> bool:
    return '"Statement"' in source.text and re.search(r"dynamodb:|s3:", source.text, re.IGNORECASE) is not None


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
_WORKFLOW_FILE = _Reader(lambda path, _: _WORKFLOW.search(path) is not None, _speaks, "workflow:read_workflow")
_POLICY = _Reader(_always, _says_policy, "iam:read_policy")
_VERSION = _Reader(_always, _always, "version:read_version")

# In the order in which they are tried; those of a file's name come before those of its suffix.
_BY_NAME: dict[str, tuple[_Reader, ...]] = dict.fromkeys(
    (".terraform-version", ".opentofu-version", ".tool-versions", "mise.toml", ".mise.toml"), (_VERSION,)
)
_BY_SUFFIX: dict[str, tuple[_Reader, ...]] = {
    ".tf": (_TERRAFORM,),
    ".tofu": (_TERRAFORM,),
    ".json": (_TERRAFORM_JSON, _ASSIGNED_JSON, _POLICY),
    **dict.fromkeys((".tfvars", ".hcl", ".tfbackend", ".backend", ".conf", ".config"), (_ASSIGNED,)),
    **dict.fromkeys((".sh", ".bash", ".zsh", ".envrc"), (_SCRIPT,)),
    **dict.fromkeys((".yml", ".yaml"), (_WORKFLOW_FILE,)),
    "": (_SCRIPT_BY_FOLDER,),
}


def read_named(reading: Reading, tree: Tree, path: str) -> Assignments | None:
    """Return a file that an invocation names as its backend or var file, whatever its extension."""
    if path not in reading.assignments and path in reading.paths and not path.endswith(_CONFIGURATION):
        source = tree.text(path)
        if isinstance(source, Source):
            reading.assignments[path] = read_assignments(path, source.text)
        else:
            reading.unreadable.append(source)
    return reading.assignments.get(path)
