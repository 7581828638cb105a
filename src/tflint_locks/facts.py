"""What one file states, in the field's words; each fact remembers where it stands.

A fact holds an HCL expression by its span: trees are made when ``resolve`` asks. Facts are tuples of
plain values, so a file's facts can be kept, sent to another process or written as JSON lines.
"""

from typing import NamedTuple

from tflint_locks.hcl import Attribute, Block
from tflint_locks.source import Span
from tflint_locks.value import Value


class Word(NamedTuple):
    """One word of a command as written: its value with holes, and the span of the whole word."""

    value: Value
    span: Span


class Choice(NamedTuple):
    """The finite domain of a hole: the command runs once for each of ``texts``."""

    identity: str
    texts: tuple[str, ...]


class Command(NamedTuple):
    """One terraform, tofu, terragrunt or aws command as written in a script, workflow or document.

    ``tool`` is the program's base name; ``words`` are its arguments without the program. ``directory``
    is where it runs, relative to the root and joined with ``/`` (``()`` is the root). ``environment`` are
    the variables certainly set for it. ``scope`` names the job, function or document it stands in:
    commands of one scope run one after another in one place. ``unknown_words`` is true where the
    command may have further words that cannot be known (``"$@"``, an unquoted variable).
    ``conditional`` is true inside ``if``, ``case``, ``||`` and the like.
    """

    tool: str
    words: tuple[Word, ...]
    directory: Value
    environment: tuple[tuple[str, Value], ...]
    span: Span
    scope: str
    choices: tuple[Choice, ...] = ()
    unknown_words: bool = False
    conditional: bool = False


class Written(NamedTuple):
    """A file that a script or workflow writes (here-document, redirection, cp, sed, envsubst): its path."""

    path: Value
    directory: Value
    span: Span
    scope: str


class Call(NamedTuple):
    """A step that runs another file of the repository: what it is given decides what that file runs.

    ``kind`` is ``script``, ``make``, ``just``, ``task``, ``workflow`` (reusable) or ``action``. ``target`` is
    the file or folder as written, ``name`` the target, recipe or task in it (empty where there is none). ``words`` are
    positional arguments; ``given`` are named ones (inputs, ``ENV=x``). The rest is as in ``Command``.
    """

    kind: str
    target: Value
    name: str
    words: tuple[Word, ...]
    given: tuple[tuple[str, Value], ...]
    directory: Value
    environment: tuple[tuple[str, Value], ...]
    span: Span
    scope: str
    choices: tuple[Choice, ...] = ()
    conditional: bool = False


class Name(NamedTuple):
    """A scalar bound to a name in a script (``LOCK_TABLE="x"``); may name a table, bucket, key, region or account."""

    name: str
    value: Value
    span: Span
    scope: str


class Remark(NamedTuple):
    """A comment: the span of all of it, and its text without markers and surrounding blanks."""

    text: str
    span: Span


class Fault(NamedTuple):
    """A place where a file does not parse; ``foreign`` where the text there is another tool's template."""

    message: str
    span: Span
    foreign: bool = False


class TerraformFile(NamedTuple):
    """A ``.tf``, ``.tofu`` or JSON configuration file: its top-level blocks by kind, as written.

    JSON is brought into the same shape; ``literal`` is then true: its strings are read as templates
    only where Terraform evaluates them (never inside a backend).
    """

    path: str
    blocks: tuple[Block, ...]
    literal: bool
    remarks: tuple[Remark, ...]
    faults: tuple[Fault, ...]


class Assignments(NamedTuple):
    """A file of top-level assignments: tfvars or a backend file, decided by who uses it.

    ``blocks`` are kept because a block there is a mistake worth naming.
    """

    path: str
    attributes: tuple[Attribute, ...]
    blocks: tuple[Block, ...]
    literal: bool
    remarks: tuple[Remark, ...]
    faults: tuple[Fault, ...]


class ScriptFile(NamedTuple):
    """A script, CI file, build file or settings file: what it runs, writes and names.

    ``kind`` is ``script``, ``ci``, ``build`` (Makefile and its like), ``hook`` or ``settings`` (nothing is run).
    ``exported`` are the variables it sets for the commands it runs; ``defaults`` tell which texts are the default of a
    variable that nothing in the file sets, by the variable's name and the span of the text.
    """

    path: str
    commands: tuple[Command, ...]
    written: tuple[Written, ...]
    names: tuple[Name, ...]
    remarks: tuple[Remark, ...]
    faults: tuple[Fault, ...]
    versions: tuple["ToolVersion", ...] = ()
    exported: frozenset[str] = frozenset()
    defaults: tuple[tuple[str, Span], ...] = ()
    kind: str = "script"
    calls: tuple[Call, ...] = ()


class ToolVersion(NamedTuple):
    """A pinned tool: ``tool`` is terraform, tofu or terragrunt; ``constraint`` is as written (``~> 1.6``)."""

    tool: str
    constraint: str
    directory: str
    span: Span


class PolicyDocument(NamedTuple):
    """A JSON file whose shape is that of an IAM policy; its text is read again by ``resolve``."""

    path: str
    faults: tuple[Fault, ...]


Facts = TerraformFile | Assignments | ScriptFile | PolicyDocument
