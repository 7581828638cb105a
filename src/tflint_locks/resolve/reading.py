"""Which reader reads which file, and the facts of a whole tree; says nothing of what they mean together."""

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tflint_locks.facts import Assignments, Fault, PolicyDocument, Remark, ScriptFile, TerraformFile, ToolVersion
from tflint_locks.read.terraform import read_assignments, read_terraform
from tflint_locks.source import Source, Unreadable
from tflint_locks.tree import Tree

_CONFIGURATION = (".tf", ".tofu", ".tf.json", ".tofu.json")
_ASSIGNMENTS = (".tfvars", ".tfvars.json", ".hcl", ".tfbackend", ".backend", ".conf", ".config", ".tfbackend.json")
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
_VERSION_FILES = frozenset({".terraform-version", ".opentofu-version", ".tool-versions", "mise.toml", ".mise.toml"})
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
    name = posixpath.basename(path)
    if name.endswith(_CONFIGURATION):
        if not name.startswith("."):  # Terraform passes hidden files by
            _with_text(reading, tree, path, _read_configuration)
    elif name.endswith(_ASSIGNMENTS) and not _FOREIGN.search(path):
        _with_text(reading, tree, path, _read_assignments)
    elif name.endswith((".sh", ".bash", ".zsh", ".envrc")) or _is_extensionless_script(path):
        _with_text(reading, tree, path, _read_script)
    elif _WORKFLOW.search(path):
        _with_text(reading, tree, path, _read_workflow)
    elif name in _VERSION_FILES:
        _with_text(reading, tree, path, _read_version)
    elif name.endswith(".json"):
        _with_text(reading, tree, path, _read_policy)


def _is_extensionless_script(path: str) -> bool:
    name = posixpath.basename(path)
    return "." not in name and posixpath.basename(posixpath.dirname(path)) in (
        "bin",
        "scripts",
        "script",
        "hack",
        "ci",
        ".ci",
    )


def _with_text(reading: Reading, tree: Tree, path: str, read: Callable[[Reading, Source], None]) -> None:
    source = tree.text(path)
    if isinstance(source, Source):
        read(reading, source)
    else:
        reading.unreadable.append(source)


def _read_configuration(reading: Reading, source: Source) -> None:
    reading.terraform[source.path] = read_terraform(source.path, source.text)


def _read_assignments(reading: Reading, source: Source) -> None:
    """Read var files always, other files only where they hold a backend's words."""
    name = source.path
    if name.endswith((".tfvars", ".tfvars.json", ".tfbackend", ".backend")) or _BACKEND_WORDS.search(source.text):
        reading.assignments[source.path] = read_assignments(source.path, source.text)


def _speaks(text: str) -> bool:
    low = text.lower()
    return any(word in low for word in _SCRIPT_WORDS)


def _read_script(reading: Reading, source: Source) -> None:
    if _speaks(source.text):
        from tflint_locks.read.script import read_script

        reading.scripts[source.path] = read_script(source.path, source.text)


def _read_workflow(reading: Reading, source: Source) -> None:
    if _speaks(source.text):
        from tflint_locks.read.workflow import read_workflow

        file = read_workflow(source.path, source.text)
        reading.scripts[source.path] = file
        reading.versions.extend(file.versions)


def _read_version(reading: Reading, source: Source) -> None:
    from tflint_locks.read.version import read_version

    reading.versions.extend(read_version(source.path, source.text))


def _read_policy(reading: Reading, source: Source) -> None:
    if '"Statement"' in source.text and re.search(r"dynamodb:|s3:", source.text, re.IGNORECASE):
        reading.policies[source.path] = PolicyDocument(source.path, ())


def read_named(reading: Reading, tree: Tree, path: str) -> Assignments | None:
    """Return a file that an invocation names as its backend or var file, whatever its extension."""
    if path not in reading.assignments and path in reading.paths and not path.endswith(_CONFIGURATION):
        _with_text(reading, tree, path, _force)
    return reading.assignments.get(path)


def _force(reading: Reading, source: Source) -> None:
    reading.assignments[source.path] = read_assignments(source.path, source.text)
