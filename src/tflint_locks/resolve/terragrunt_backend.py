"""The backend that a Terragrunt unit is given: by ``remote_state``, or by a ``generate`` block that writes one."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from tflint_locks.hcl import (
    Attribute,
    Block,
    Call,
    Expression,
    HclError,
    Name,
    Object,
    Paren,
    Template,
    Text,
    expression,
    parse,
)
from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex
from tflint_locks.resolve.backends import is_literal, literal_result, masked
from tflint_locks.resolve.model import Setting
from tflint_locks.resolve.placeholders import with_holes
from tflint_locks.resolve.terragrunt_world import (
    Context,
    Places,
    World,
    attribute,
    blocks,
    evaluate_at,
    label_of,
    merged_contexts,
    value_of,
)
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal, Piece, Result, Value, hole, literal, span_of, text_of

# What Terragrunt keeps for itself when it makes bucket and table; never handed to Terraform (DOMAIN §3.3).
OWN_KEYS = frozenset(
    "s3_bucket_tags dynamodb_table_tags accesslogging_bucket_tags skip_bucket_versioning skip_bucket_ssencryption "
    "skip_bucket_accesslogging skip_bucket_root_access skip_bucket_enforced_tls skip_bucket_public_access_blocking "
    "disable_bucket_update enable_lock_table_ssencryption disable_aws_client_checksums accesslogging_bucket_name "
    "accesslogging_target_object_partition_date_source accesslogging_target_prefix skip_accesslogging_bucket_acl "
    "skip_accesslogging_bucket_enforced_tls skip_accesslogging_bucket_public_access_blocking "
    "skip_accesslogging_bucket_ssencryption bucket_sse_algorithm bucket_sse_kms_key_id".split()
)
# One letter that stands for a hole while generated text is parsed; it may stand in a name or for a value.
_STAND_IN = "\U00010000"
_MOST_GENERATED = 256 * 1024
_LINE = regex(r'^[ \t]*([a-z_]{1,60})[ \t]*=[ \t]*"([^"\\$\n]{0,255})"[ \t]*(?:#[^\n]*)?$', re.MULTILINE)


class Stated(NamedTuple):
    """A backend as Terragrunt gives it.

    ``kind`` is ``remote_state`` or ``generate``; ``type`` the backend's, None where that is not known. ``header`` is
    where it is stated. ``generated`` where Terragrunt writes a backend block rather than handing over arguments.
    ``renamed`` is a ``lock_table`` as written. ``reasons`` say why it may hold more.
    """

    kind: str
    type: str | None
    settings: tuple[Setting, ...]
    header: Span
    reasons: tuple[str, ...] = ()
    generated: bool = True
    disabled: bool = False
    renamed: Setting | None = None


def stated_backend(world: World, context: Context) -> Stated | None:
    """Return the backend of a unit: the nearest ``remote_state``, else what a ``generate`` block writes."""
    contexts = merged_contexts(world, context)
    for one in contexts:
        block = next(blocks(one.file, "remote_state"), None)
        if block:
            return _of_block(world, one, block)
        found = attribute(one.file.items, "remote_state")
        if found:
            return _of_attribute(world, one, found)
    return next(_generated(world, contexts), None)


# ---------------------------------------------------------------- remote_state


def _of_block(world: World, context: Context, block: Block) -> Stated:
    found = attribute(block.items, "config")
    members = {item.name: item for item in block.items if isinstance(item, Attribute) and item is not found}
    given = {name: value_of(world, context, item) for name, item in members.items()}
    header = Span(context.path, block.start, block.header_end)
    if found is None:
        return _stated(given, (), header, (f"remote_state has no config ({context.path})",))
    settings, reasons = _settings(world, context, found)
    return _stated(given, settings, header, reasons)


def _of_attribute(world: World, context: Context, found: Attribute) -> Stated:
    """Read ``remote_state = local.state``: an object with the same members."""
    header = Span(context.path, found.start, found.end)
    given = value_of(world, context, found)
    if not isinstance(given, dict):
        return Stated("remote_state", None, (), header, (f"remote_state is not known ({context.path})",))
    config = given.get("config")
    if not isinstance(config, dict):
        return _stated(given, (), header, (f"remote_state's config is not known ({context.path})",))
    return _stated(given, tuple(_members(config, {}, header)), header, ())


def _stated(given: dict[str, Result], settings: tuple[Setting, ...], header: Span, reasons: tuple[str, ...]) -> Stated:
    """Leave out what Terragrunt keeps for itself; ``lock_table`` is another name of ``dynamodb_table``."""
    renamed = next((one for one in settings if one.name == "lock_table"), None)
    has_table = any(one.name == "dynamodb_table" and one.value is not None for one in settings)
    kept = [one for one in settings if one.name not in OWN_KEYS and one is not renamed]
    if renamed and not has_table:
        kept.append(renamed._replace(name="dynamodb_table"))
    return Stated(
        "remote_state",
        text_of(given.get("backend")),
        tuple(kept),
        header,
        reasons,
        generated=given.get("generate") is not None,
        disabled=text_of(given.get("disable_init")) == "true",
        renamed=renamed,
    )


def _settings(world: World, context: Context, config: Attribute) -> tuple[tuple[Setting, ...], tuple[str, ...]]:
    """Return the settings of an expression that should be an object, and why there may be more."""
    whole = Span(context.path, config.value_start, config.value_end)
    places = _places(world, context, config)
    if places is None:
        return tuple(_legible(context, whole)), (f"{context.path} does not parse",)
    result = value_of(world, context, config)
    if isinstance(result, dict):
        return tuple(_members(result, places, whole)), ()
    written = {name: evaluate_at(world, context, *_quoted(context, value)) for name, (_, value) in places.items()}
    return tuple(_members(written, places, whole)), (f"remote_state's config is not known ({context.path})",)


def _quoted(context: Context, value: Span) -> tuple[int, int]:
    """Return the range of a whole value, with the quotes that its span leaves out."""
    text = context.text
    quoted = text[value.start - 1 : value.start] == '"' and text[value.end : value.end + 1] == '"'
    return (value.start - 1, value.end + 1) if quoted else (value.start, value.end)


def _members(result: dict[str, Result], places: Places, whole: Span) -> Iterator[Setting]:
    for name, value in result.items():
        place = places.get(name)
        written = span_of(value) if isinstance(value, tuple) else None
        name_span, span = place or (written or whole, written or whole)
        held = with_holes(value) if isinstance(value, tuple) else value
        yield Setting(name, masked(name, held), span, name_span, "file" if place else "terragrunt")


def _places(world: World, context: Context, config: Attribute) -> Places | None:
    """Return where the members of an object expression are written; None where it does not parse."""
    key = context.path, config.value_start
    if key not in world.places:
        try:
            node = expression(context.text, config.value_start, config.value_end)
        except HclError:
            world.places[key] = None
        else:
            world.places[key] = dict(_written(context.path, node))
    return world.places[key]


def _written(path: str, node: Expression) -> Iterator[tuple[str, tuple[Span, Span]]]:
    """Yield the members of the literal objects of an expression; of ``merge`` those of all its arguments."""
    if isinstance(node, Object):
        for key, value in node.items:
            name = _key(key)
            quote = 1 if isinstance(value, Template) and not value.heredoc else 0
            mark = 1 if isinstance(key, Template) else 0
            place = Span(path, key.start + mark, key.end - mark), Span(path, value.start + quote, value.end - quote)
            if name:
                yield name, place
    elif isinstance(node, Call) and node.name == "merge":
        for argument in node.arguments:
            yield from _written(path, argument) if isinstance(argument, Object) else ()
    elif isinstance(node, Paren) and isinstance(node.inner, Object):
        yield from _written(path, node.inner)


def _key(key: Expression) -> str:
    if isinstance(key, Name):
        return key.name
    first = key.parts[0] if isinstance(key, Template) and len(key.parts) == 1 else None
    return first.value if isinstance(first, Text) else ""


def _legible(context: Context, whole: Span) -> Iterator[Setting]:
    """Yield the lines of an object that does not parse which still say one literal thing."""
    seen = set()
    for found in _LINE.finditer(context.text, whole.start, whole.end):
        if found[1] not in seen:
            seen.add(found[1])
            span = Span(context.path, *found.span(2))
            value = with_holes(literal(found[2], span))
            yield Setting(found[1], masked(found[1], value), span, Span(context.path, *found.span(1)), "file")


# ---------------------------------------------------------------- generate


def _generated(world: World, contexts: list[Context]) -> Iterator[Stated]:
    """Yield the backends that ``generate`` blocks write; of two with one name the nearer counts."""
    seen: set[str] = set()
    for one in contexts:
        for block in blocks(one.file, "generate"):
            found, disabled = attribute(block.items, "contents"), attribute(block.items, "disable")
            if label_of(block) in seen or found is None:
                continue
            seen.add(label_of(block))
            if disabled and text_of(value_of(world, one, disabled)) == "true":
                continue
            if _may_hold_backend(one.text[found.value_start : found.value_end]):
                where = Span(one.path, block.start, block.header_end)
                yield from _in_text(value_of(world, one, found), where)


def _may_hold_backend(text: str) -> bool:
    return "backend" in text or "cloud" in text or ("<<" not in text and "(" in text)


def _in_text(contents: Result, where: Span) -> Iterator[Stated]:
    """Yield the backend in a text that is written to a file."""
    if not isinstance(contents, tuple):
        return
    if sum(len(piece.text) for piece in contents if isinstance(piece, Literal)) > _MOST_GENERATED:
        return
    flat = _flattened(contents, where)
    file = parse(flat.text)
    for terraform in (item for item in file.items if isinstance(item, Block) and item.type == "terraform"):
        for inner in (item for item in terraform.items if isinstance(item, Block)):
            if inner.type == "cloud":
                yield Stated("generate", "cloud", (), _place(flat, inner.start, inner.header_end))
            elif inner.type == "backend":
                yield _block(flat, inner)


class _Flat(NamedTuple):
    """A value as one text, each hole one letter; ``starts`` are the offsets of its pieces."""

    value: Value
    text: str
    starts: tuple[int, ...]
    where: Span


def _flattened(value: Value, where: Span) -> _Flat:
    """Lay the pieces of a value end to end."""
    texts: list[str] = []
    starts: list[int] = []
    at = 0
    for piece in value:
        starts.append(at)
        texts.append(piece.text if isinstance(piece, Literal) else _STAND_IN)
        at += len(texts[-1])
    return _Flat(value, "".join(texts), tuple(starts), where)


def _cut(flat: _Flat, start: int, end: int) -> Value:
    """Return the pieces of a range."""
    found: list[Piece] = []
    for index in range(max(bisect_right(flat.starts, start) - 1, 0), len(flat.starts)):
        piece, at = flat.value[index], flat.starts[index]
        if at >= end:
            break
        size = len(piece.text) if isinstance(piece, Literal) else 1
        low, high = max(start - at, 0), min(end - at, size)
        if low < high:
            found.append(_part(piece, low, high))
    return tuple(found)


def _place(flat: _Flat, start: int, end: int) -> Span:
    """Return where a range is written: of several places the first."""
    spans = [piece.span for piece in _cut(flat, start, end) if piece.span]
    if not spans:
        return flat.where
    path, first, last = spans[0].path, spans[0].start, spans[0].end
    if all(span.path == path and span.start >= first for span in spans):
        last = max(span.end for span in spans)
    return Span(path, first, last)


def _part(piece: Piece, low: int, high: int) -> Piece:
    if isinstance(piece, Hole):
        return piece
    span = piece.span
    if span and span.end - span.start == len(piece.text):
        span = Span(span.path, span.start + low, span.start + high)
    return Literal(piece.text[low:high], span)


def _block(flat: _Flat, block: Block) -> Stated:
    settings = tuple(_generated_setting(flat, item) for item in block.items)
    covered = sum(flat.text.count(_STAND_IN, item.value_start, item.value_end) for item in _attributes(block.items))
    covered += sum(flat.text.count(_STAND_IN, item.start, item.end) for item in block.items if isinstance(item, Block))
    open_ = flat.text.count(_STAND_IN, block.header_end, block.end) > covered
    reasons = (f"the text that is generated is not known ({flat.where.path})",) if open_ else ()
    header = _place(flat, block.start, block.header_end)
    return Stated("generate", label_of(block) or None, settings, header, reasons)


def _attributes(items: Iterable[Attribute | Block]) -> list[Attribute]:
    return [item for item in items if isinstance(item, Attribute)]


def _generated_setting(flat: _Flat, item: Attribute | Block) -> Setting:
    if isinstance(item, Block):
        where = _place(flat, item.start, item.type_end)
        return Setting(item.type, hole(f"{item.type} block"), where, where, "file", "block")
    start, end = item.value_start, item.value_end
    value, fault = _generated_value(flat, start, end)
    quoted = flat.text[start : start + 1] == '"' and end - start > 1
    span = _place(flat, start + 1, end - 1) if quoted and end - start > 2 else _place(flat, start, end)  # noqa: PLR2004 ("")
    held = with_holes(value) if isinstance(value, tuple) else value
    return Setting(item.name, masked(item.name, held), span, _place(flat, item.start, item.end), "file", fault)


def _generated_value(flat: _Flat, start: int, end: int) -> tuple[Result, str]:
    written = flat.text[start:end]
    if not written.strip(_STAND_IN):
        return _cut(flat, start, end), ""
    try:
        node = expression(flat.text, start, end)
    except HclError:
        return hole(written, _place(flat, start, end)), "" if _STAND_IN in written else "syntax"
    if not is_literal(node):
        return hole(written, _place(flat, start, end)), "" if _STAND_IN in written else "expression"
    return _moved(literal_result("", node), flat), ""


def _moved(result: Result, flat: _Flat) -> Result:
    """Give what was read from the flat text its pieces and places in the files it came from."""
    if isinstance(result, dict):
        return {key: _moved(value, flat) for key, value in result.items()}
    if isinstance(result, list):
        return [_moved(item, flat) for item in result]
    if result is None:
        return None
    return tuple(piece for old in result for piece in _pieces(old, flat)) or literal("", flat.where)


def _pieces(piece: Piece, flat: _Flat) -> Value:
    span = piece.span
    if span is None or isinstance(piece, Hole):
        return (piece,)
    if piece.text == flat.text[span.start : span.end] and piece.text:
        return _cut(flat, span.start, span.end)
    return (piece._replace(span=_place(flat, span.start, max(span.end, span.start + 1))),)
