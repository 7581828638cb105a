"""What one file states, in the field's words; each fact remembers where it stands.

A fact holds an HCL expression by its span: trees are made when ``resolve`` asks. Facts are tuples of
plain values, so a file's facts can be kept, sent to another process or written as JSON lines.
"""

from tflint_locks.hcl import Attribute, Block
from tflint_locks.record import NamedTuple
from tflint_locks.source import Span
from tflint_locks.value import Result, Value


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
    ``conditional`` is true inside ``if``, ``case``, ``||`` and the like. ``caller`` is the file of its scope where the
    command itself stands in another file, which that one calls. ``tool`` is ``>`` or ``>>`` where a file is written
    that may be a backend's: its words are the path and, where it is known, the text. ``files`` are those written
    before.
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
    caller: str = ""
    files: tuple["Command", ...] = ()

    @property
    def place(self) -> tuple[str, str]:
        """What commands share that run one after another in one place: the file and the scope in it."""
        return self.caller or self.span.path, self.scope


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
    positional arguments; ``given`` are named ones (inputs, ``ENV=x``). ``at`` is how many of the file's commands come
    before it, -1 where its span tells. The rest is as in ``Command``.
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
    at: int = -1


class Group(NamedTuple):
    """A concurrency group: runs that name one group do not run side by side.

    ``text`` is its name as written, with its expressions; ``cancels`` are the events whose new run certainly cancels
    one in progress, ``cancel_span`` where that is said (None where nothing says it).
    """

    text: str
    span: Span
    cancels: tuple[str, ...] = ()
    cancel_span: Span | None = None


class Ran(NamedTuple):
    """One step that runs commands: the span of its text, and the events under which it certainly can run."""

    span: Span
    events: tuple[str, ...]


class Job(NamedTuple):
    """One job of a CI file: what starts it, and what keeps its runs apart.

    ``scope`` is that of its commands. ``events`` are the events under which it certainly can run, ``branches`` those
    that start it by a push (empty where any may). ``groups`` are its own and those of the whole file. ``uses`` is the
    reusable workflow it runs, as written, empty without one.
    """

    scope: str
    span: Span
    events: tuple[str, ...]
    branches: tuple[str, ...]
    groups: tuple[Group, ...]
    steps: tuple[Ran, ...]
    uses: str = ""


class Name(NamedTuple):
    """A scalar bound to a name in a script (``LOCK_TABLE="x"``); may name a table, bucket, key, region or account."""

    name: str
    value: Value
    span: Span
    scope: str


class Remark(NamedTuple):
    """A comment: the span of all of it, and its text without markers and surrounding blanks.

    ``reach`` is the offset of the last line that it speaks of where it has its line for itself, 0 for the next one.
    """

    text: str
    span: Span
    reach: int = 0


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


class TerragruntFile(NamedTuple):
    """A file in Terragrunt's language: its top-level attributes and blocks; JSON is brought into the same shape."""

    path: str
    items: tuple[Attribute | Block, ...]
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
    variable that nothing in the file sets, by the variable's name and the span of the text. ``called_only`` is true of
    one that only other files can start: a reusable workflow, a composite action.
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
    jobs: tuple[Job, ...] = ()
    called_only: bool = False


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


class Stated(NamedTuple):
    """A place of a document that states a name: a document is compared with what is, it never makes anything.

    ``label`` is what the name is said to be, as written: an attribute (``bucket``), a flag (``--table-name``), a
    variable, a table's or list's label. ``evidence`` is ``sample``, ``init``, ``command``, ``lock-id``, ``arn``,
    ``url``, ``label``, ``table`` or ``variable``. Places of one ``group`` (a sample, a command, a list) speak of one
    thing. ``headings`` are those it stands under, outermost first; ``beside`` is the row's head, the table of an ARN,
    or the bucket of a URL.
    """

    label: str
    value: Value
    span: Span
    evidence: str
    group: int
    headings: tuple[str, ...]
    beside: str = ""


class DocumentedInit(NamedTuple):
    """A documented ``terraform init``: where it runs, as written after ``cd``; the backend values it is given by name.

    ``has_file`` is true where it names a backend file too. Its values are ``Stated`` under the same ``group``.
    """

    directory: str
    span: Span
    group: int
    given: tuple[str, ...]
    has_file: bool
    words: tuple[str, ...]


class DocumentFile(NamedTuple):
    """A document or a sample of a settings file: what it states of a state backend."""

    path: str
    stated: tuple[Stated, ...]
    inits: tuple[DocumentedInit, ...]
    remarks: tuple[Remark, ...]
    faults: tuple[Fault, ...] = ()


class StackResource(NamedTuple):
    """One resource of a CloudFormation or SAM template: its logical name, type and properties.

    Properties are results: scalars with holes, lists, maps. ``conditional`` where the stack may do without it, ``kept``
    where its removal from the stack leaves it standing (``DeletionPolicy: Retain``).
    """

    name: str
    kind: str
    properties: "dict[str, Result]"
    span: Span
    conditional: bool
    kept: bool


class StackTemplate(NamedTuple):
    """A CloudFormation or SAM template; ``defaults`` are its parameters' values by the identity of their holes."""

    path: str
    resources: tuple[StackResource, ...]
    defaults: tuple[tuple[str, Value], ...]
    remarks: tuple[Remark, ...]
    faults: tuple[Fault, ...]


Facts = TerraformFile | Assignments | ScriptFile | PolicyDocument | DocumentFile | StackTemplate | TerragruntFile
