"""What the reader of HCL gives: structure (file, block, attribute) and expression trees.

Every place is a pair of code-point offsets into the text, half-open.
"""

from __future__ import annotations

from typing import TypeAlias

from tflint_locks.record import NamedTuple


class HclError(Exception):
    """A text that is not HCL (or JSON): what is wrong, and where."""

    def __init__(self, message: str, start: int, end: int) -> None:
        """Keep the place apart from the message: callers print it in their own way."""
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end


class Comment(NamedTuple):
    """A comment from its first sign, without the line break that ends it."""

    start: int
    end: int


class Fault(NamedTuple):
    """A place that does not parse; `template` where signs of Jinja, ERB, Go templates or a merge stand at it."""

    message: str
    start: int
    end: int
    template: bool


class Label(NamedTuple):
    """A label of a block; the span has no quotes, the text no escapes."""

    text: str
    start: int
    end: int


class Attribute(NamedTuple):
    """`name = value`: `start` and `end` are the name's, the value's place has neither blanks nor comments around it."""

    name: str
    start: int
    end: int
    value_start: int
    value_end: int


class Block(NamedTuple):
    """A block from its type word to past its `}`; `header_end` is the end of the last label's content, or of the type.

    A quoted label's closing quote stands at `header_end`.
    """

    type: str
    start: int
    type_end: int
    header_end: int
    end: int
    labels: tuple[Label, ...]
    items: tuple[Attribute | Block, ...]


class File(NamedTuple):
    """The structure of one file; faults in the order of the text."""

    items: tuple[Attribute | Block, ...]
    comments: tuple[Comment, ...]
    faults: tuple[Fault, ...]


class Constant(NamedTuple):
    """`null`, `true`, `false` or a number."""

    start: int
    end: int
    value: bool | int | float | None


class Text(NamedTuple):
    """A literal part of a template: the span as written, the value with escapes, `~` and `<<-` applied."""

    start: int
    end: int
    value: str


class Interpolation(NamedTuple):
    """`${ … }`, braces and strip markers within the span."""

    start: int
    end: int
    expression: Expression


class TemplateIf(NamedTuple):
    """`%{ if }` to past its `%{ endif }`."""

    start: int
    end: int
    condition: Expression
    then: tuple[Part, ...]
    otherwise: tuple[Part, ...]


class TemplateFor(NamedTuple):
    """`%{ for }` to past its `%{ endfor }`."""

    start: int
    end: int
    key: str | None
    name: str
    collection: Expression
    parts: tuple[Part, ...]


class Template(NamedTuple):
    """A quoted string or a heredoc, from its first sign (`"`, `<<`) to past its last; no parts where it is empty."""

    start: int
    end: int
    parts: tuple[Part, ...]
    heredoc: bool


class Name(NamedTuple):
    """A bare word: the root of a traversal, or the key of an object."""

    start: int
    end: int
    name: str


class Placeholder(NamedTuple):
    """The element that a splat works on; its span is the marker `[*]` or `.*`."""

    start: int
    end: int


class GetAttr(NamedTuple):
    """`on.name`."""

    start: int
    end: int
    on: Expression
    name: str


class Index(NamedTuple):
    """`on[key]`, or `on.0`, whose key is a number."""

    start: int
    end: int
    on: Expression
    key: Expression


class Splat(NamedTuple):
    """`on[*]…` or `on.*…`: `each` is what becomes of one element, a traversal that ends in a `Placeholder`."""

    start: int
    end: int
    on: Expression
    each: Expression


class Call(NamedTuple):
    """A function call; the name may hold `::`, `expand` tells of `...` after the last argument."""

    start: int
    end: int
    name: str
    arguments: tuple[Expression, ...]
    expand: bool


class Tuple(NamedTuple):
    """`[ … ]`."""

    start: int
    end: int
    items: tuple[Expression, ...]


class Object(NamedTuple):
    """`{ … }`: pairs in the order of the text, twice the same key kept; a `Name` as key means the word itself."""

    start: int
    end: int
    items: tuple[tuple[Expression, Expression], ...]


class For(NamedTuple):
    """`[for …]`, whose `key` is None, or `{for …}`."""

    start: int
    end: int
    key_name: str | None
    value_name: str
    collection: Expression
    key: Expression | None
    value: Expression
    condition: Expression | None
    group: bool


class Conditional(NamedTuple):
    """`condition ? then : otherwise`."""

    start: int
    end: int
    condition: Expression
    then: Expression
    otherwise: Expression


class Binary(NamedTuple):
    """`left operator right`; a chain leans to the left, without limit: go down `left` in a loop."""

    start: int
    end: int
    operator: str
    left: Expression
    right: Expression


class Unary(NamedTuple):
    """`-operand` or `!operand`."""

    start: int
    end: int
    operator: str
    operand: Expression


class Paren(NamedTuple):
    """`( inner )`."""

    start: int
    end: int
    inner: Expression


Expression: TypeAlias = (
    Constant
    | Template
    | Name
    | Placeholder
    | GetAttr
    | Index
    | Splat
    | Call
    | Tuple
    | Object
    | For
    | Conditional
    | Binary
    | Unary
    | Paren
)
Part: TypeAlias = Text | Interpolation | TemplateIf | TemplateFor
