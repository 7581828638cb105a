"""Terraform's functions over values with holes: what passes through unchanged keeps its pieces and spans.

A function knows no scope and no file. It raises ``UnknownError`` where its result cannot be told from its
arguments, and ``RefusedError`` where Terraform certainly refuses them; it never guesses.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from tflint_locks.resolve.jsontext import json_piece, json_text
from tflint_locks.resolve.results import (
    FALSE,
    MAX_ITEMS,
    MAX_VISITS,
    TRUE,
    RefusedError,
    UnknownError,
    any_list,
    as_string,
    boolean,
    bounded,
    bounded_list,
    closed_list,
    derived,
    hole_of,
    in_order,
    is_bare,
    is_many,
    known_text,
    many,
    mapping,
    number,
    number_value,
    one_of,
    open_list,
    same,
    scalar,
    truth,
    whole,
    wholly_known,
)
from tflint_locks.value import (
    Hole,
    Literal,
    Members,
    Piece,
    Result,
    Value,
    joined,
    known,
    literal,
    part,
    span_of,
    text_of,
)

_MAX_PATTERN_TEXT = 2_000
_MAX_QUANTIFIERS = 2
_MAX_RANGE = 1024
_MAX_COMPARED = 200

Function: TypeAlias = Callable[[Sequence[Result]], Result]


# ---------------------------------------------------------------- text


def each_piece(label: str, value: Value, rest: Sequence[Result], change: Callable[[str], str]) -> Value:
    """Change a text piece by piece; a hole becomes the hole of the changed text."""
    pieces: list[Piece] = []
    for piece in value:
        if isinstance(piece, Literal):
            text = change(piece.text)
            pieces.append(Literal(text, piece.span))
        else:
            found = derived(label, [(piece,), *rest], piece.why)
            domain = tuple(change(text) for text in piece.domain)
            likely = None if piece.likely is None else change(piece.likely)
            pieces.append(found._replace(span=piece.span, domain=domain, likely=likely))
    return tuple(pieces)


def _cased(label: str, change: Callable[[str], str]) -> Function:
    def function(arguments: Sequence[Result]) -> Result:
        (subject,) = _exactly(arguments, 1)
        value = as_string(subject)
        if not all(piece.text.isascii() for piece in value if isinstance(piece, Literal)):
            raise UnknownError
        return each_piece(label, value, (), change)

    return function


def _exactly(arguments: Sequence[Result], count: int) -> Sequence[Result]:
    if len(arguments) != count:
        raise RefusedError
    return arguments


def _between(arguments: Sequence[Result], low: int, high: int) -> Sequence[Result]:
    if not low <= len(arguments) <= high:
        raise RefusedError
    return arguments


def computed(text: str, *origins: Value) -> Value:
    """Return a computed text; its span is that of what it was computed from when that is one piece."""
    only = origins[0][0] if len(origins) == 1 and len(origins[0]) == 1 else None
    return literal(text, only.span if only else None)


def _title(arguments: Sequence[Result]) -> Result:
    (subject,) = _exactly(arguments, 1)
    text = known_text(subject)
    if not text.isascii():
        raise UnknownError
    words, start = [], True
    for char in text:
        words.append(char.upper() if start else char)
        start = not (char.isalnum() or char in "_'")
    return computed("".join(words), scalar(subject))


_BLANKS = " \t\n\v\f\r\u0085\u00a0"


def _trimspace(arguments: Sequence[Result]) -> Result:
    (subject,) = _exactly(arguments, 1)
    return _stripped(as_string(subject), _BLANKS)


def _trim(arguments: Sequence[Result]) -> Result:
    subject, signs = _exactly(arguments, 2)
    return _stripped(as_string(subject), known_text(signs))


def _stripped(value: Value, signs: str) -> Value:
    """Strip signs off both ends; unknown where a hole stands at an end, for it may begin with one."""
    text = text_of(value)
    if text is not None:
        start = len(text) - len(text.lstrip(signs))
        return bounded(part(value, start, max(start, len(text.rstrip(signs)))))
    first, last = value[0], value[-1]
    if isinstance(first, Hole) or isinstance(last, Hole):
        raise UnknownError
    left, right = first.text.lstrip(signs), last.text.rstrip(signs)
    if not left or not right:
        raise UnknownError
    head = part((first,), len(first.text) - len(left), len(first.text))
    return (*head, *value[1:-1], *part((last,), 0, len(right)))


def _head(value: Value) -> str:
    """Return the known text a value begins with."""
    texts: list[str] = []
    for piece in value:
        if isinstance(piece, Hole):
            break
        texts.append(piece.text)
    return "".join(texts)


def _tail(value: Value) -> str:
    texts: list[str] = []
    for piece in reversed(value):
        if isinstance(piece, Hole):
            break
        texts.append(piece.text)
    return "".join(reversed(texts))


def begins(value: Value, prefix: str) -> bool:
    """Tell whether a text begins with another; unknown where a hole decides it."""
    head = _head(value)
    if head.startswith(prefix):
        return True
    if not known(value) and prefix.startswith(head):
        raise UnknownError
    return False


def ends(value: Value, suffix: str) -> bool:
    """Tell whether a text ends with another; unknown where a hole decides it."""
    tail = _tail(value)
    if tail.endswith(suffix):
        return True
    if not known(value) and suffix.endswith(tail):
        raise UnknownError
    return False


def _startswith(arguments: Sequence[Result]) -> Result:
    subject, prefix = _exactly(arguments, 2)
    return boolean(begins(as_string(subject), known_text(prefix)))


def _endswith(arguments: Sequence[Result]) -> Result:
    subject, suffix = _exactly(arguments, 2)
    return boolean(ends(as_string(subject), known_text(suffix)))


def _trimprefix(arguments: Sequence[Result]) -> Result:
    subject, prefix = _exactly(arguments, 2)
    value, text = as_string(subject), known_text(prefix)
    return bounded(_drop(value, len(text))) if begins(value, text) else value


def _trimsuffix(arguments: Sequence[Result]) -> Result:
    subject, suffix = _exactly(arguments, 2)
    value, text = as_string(subject), known_text(suffix)
    if not ends(value, text):
        return value
    left, size = list(value), len(text)
    while size and isinstance(last := left.pop(), Literal):
        left.extend(part((last,), 0, len(last.text) - size) if len(last.text) > size else ())
        size -= min(size, len(last.text))
    return bounded(tuple(left))


def _drop(value: Value, size: int) -> Value:
    """Drop the first characters, all of them in known pieces."""
    for index, piece in enumerate(value):
        if not isinstance(piece, Literal) or size < len(piece.text):
            cut = part((piece,), size, len(piece.text)) if isinstance(piece, Literal) else (piece,)
            return (*cut, *value[index + 1 :])
        size -= len(piece.text)
    return ()


def _chomp(arguments: Sequence[Result]) -> Result:
    (subject,) = _exactly(arguments, 1)
    value = as_string(subject)
    text = known_text(value)
    return bounded(part(value, 0, len(text.rstrip("\r\n"))))


def _substr(arguments: Sequence[Result]) -> Result:
    subject, offset, size = _exactly(arguments, 3)
    value, start, length = as_string(subject), whole(offset), whole(size)
    head = _head(value)
    if not head.isascii():
        raise UnknownError
    if not known(value) and (start < 0 or length < 0 or start + length > len(head)):
        raise UnknownError
    if start < 0:
        start = max(0, start + len(head))
    end = len(head) if length < 0 else min(len(head), start + length)
    return bounded(part(value, start, end))


def _replace(arguments: Sequence[Result]) -> Result:
    subject, search, replacement = _exactly(arguments, 3)
    value, sought, new = as_string(subject), known_text(search), known_text(replacement)
    if len(sought) > 1 and sought[0] == sought[-1] == "/":
        return computed(_substitute(known_text(value), sought[1:-1], new), value)
    if not sought:
        raise UnknownError
    if _straddles(value, sought):
        return bounded(computed(known_text(value).replace(sought, new), value))
    return bounded(each_piece("replace", value, arguments[1:], lambda text: text.replace(sought, new)))


def _straddles(value: Value, sought: str) -> bool:
    """Tell whether an occurrence may begin in one piece and end in another."""
    if len(value) == 1:
        return False
    for index, piece in enumerate(value):
        if not isinstance(piece, Literal) or len(sought) == 1:
            continue
        text = piece.text
        if any(
            (index and text.startswith(sought[cut:])) or (index < len(value) - 1 and text.endswith(sought[:cut]))
            for cut in range(1, len(sought))
        ):
            return True
        if text in sought:
            return True
    return False


# Characters, escapes and simple classes, each with a quantifier or without; no groups, no alternatives.
_SIMPLE_PATTERN = (
    r"\^?(?:(?:[\w \-/:@,;=&%~#!\"'<>]|\\[.\-/_wdsWDS+*?()\[\]{}|^$]"
    r"|\[\^?(?:[\w \-.:/@,]|\\[.\-/wds])+\])[+*?]?)+\$?"
)


def _substitute(text: str, pattern: str, new: str) -> str:
    """Replace by a regular expression that means the same here as in Go and cannot run away."""
    import re

    quantified = re.findall(r"(?<!\\)[+*?]", re.sub(r"\[[^\]]*\]", "x", pattern))
    if not re.fullmatch(_SIMPLE_PATTERN, pattern, re.ASCII) or "--" in pattern or "$" in new:
        raise UnknownError
    if len(quantified) > _MAX_QUANTIFIERS or len(quantified) - quantified.count("?") > 1:
        raise UnknownError
    if len(text) > _MAX_PATTERN_TEXT or not text.isascii() or "\v" in text:
        raise UnknownError
    at_end = pattern.endswith("$") and not pattern.endswith("\\$")
    try:
        ours = re.compile(pattern[:-1] + r"\Z" if at_end else pattern, re.ASCII)
    except re.error as error:
        raise UnknownError from error
    if ours.search(""):
        raise UnknownError
    return ours.sub(lambda _: new, text)


def _join(arguments: Sequence[Result]) -> Result:
    if len(arguments) < 2:  # noqa: PLR2004 (a separator and at least one list)
        raise RefusedError
    separator = as_string(arguments[0])
    items = [as_string(item) for found in arguments[1:] for item in closed_list(found)]
    parts: list[Value] = []
    for item in items:
        parts += [separator, item] if parts else [item]
    return bounded(joined(parts))


def _split(arguments: Sequence[Result]) -> Result:
    """Split at every separator; between the first hole and the last, which may hold separators, nothing is known."""
    separator, subject = known_text(_exactly(arguments, 2)[0]), as_string(arguments[1])
    text = text_of(subject)
    if text is not None:
        return bounded_list([*_parts(subject, text, separator)])
    first = _before(subject, separator)
    # A longer separator may begin in the hole and end behind it.
    last = _behind(subject, separator) if len(separator) == 1 else []
    if not first and not last:
        raise UnknownError
    return bounded_list([*first, many(derived("split", arguments)), *last])


def _before(value: Value, separator: str) -> list[Result]:
    """Return the parts that end before the first hole."""
    head = _head(value)
    return [*_parts(value, head, separator)][:-1] if separator and separator in head else []


def _behind(value: Value, separator: str) -> list[Result]:
    """Return the parts that begin behind the last hole."""
    tail = _tail(value)
    if separator not in tail:
        return []
    rest = value[max(index for index, piece in enumerate(value) if isinstance(piece, Hole)) + 1 :]
    return [*_parts(rest, tail, separator)][1:]


def _parts(value: Value, text: str, separator: str) -> Iterator[Result]:
    if not separator:
        yield from (part(value, index, index + 1) for index in range(len(text)))
        return
    if text.count(separator) >= MAX_ITEMS:
        raise UnknownError
    flat = _flat(value)
    offset = 0
    for chunk in text.split(separator):
        yield bounded(part(flat, offset, offset + len(chunk)))
        offset += len(chunk) + len(separator)


def _flat(value: Value) -> Value:
    """Return the known pieces a value begins with."""
    return tuple(piece for piece in value[: next((i for i, p in enumerate(value) if isinstance(p, Hole)), len(value))])


def _strrev(arguments: Sequence[Result]) -> Result:
    (subject,) = _exactly(arguments, 1)
    text = known_text(subject)
    if not text.isascii():
        raise UnknownError
    return computed(text[::-1], scalar(subject))


def _basename(arguments: Sequence[Result]) -> Result:
    (subject,) = _exactly(arguments, 1)
    value = as_string(subject)
    text = text_of(value)
    if text is None:
        tail = _tail(value)
        name = tail.rpartition("/")[2]
        if "/" not in tail or not name:
            raise UnknownError
        return part(tuple(p for p in value if isinstance(p, Literal)), *_last(value, name))
    bare = text.rstrip("/")
    if not bare:
        return computed("/" if text else ".", value)
    start = bare.rfind("/") + 1
    return bounded(part(value, start, len(bare)))


def _last(value: Value, name: str) -> tuple[int, int]:
    size = sum(len(piece.text) for piece in value if isinstance(piece, Literal))
    return size - len(name), size


def _dirname(arguments: Sequence[Result]) -> Result:
    import posixpath

    (subject,) = _exactly(arguments, 1)
    value = as_string(subject)
    text = known_text(value)
    found = posixpath.normpath(posixpath.dirname(text) or ".")
    found = "/" if found == "//" else found
    return bounded(part(value, 0, len(found))) if text.startswith(found) else computed(found, value)


# ---------------------------------------------------------------- format


def _format(arguments: Sequence[Result]) -> Result:
    if not arguments:
        raise RefusedError
    pattern = as_string(arguments[0])
    text = known_text(pattern)
    values = list(arguments[1:])
    pieces: list[Value] = []
    used = at = 0
    while (found := text.find("%", at)) >= 0:
        pieces.append(part(pattern, at, found))
        flags, width, verb, end = _verb(text, found)
        at = end
        if verb == "%":
            pieces.append(literal("%"))
            continue
        if used >= len(values):
            raise RefusedError
        pieces.append(_formatted(flags, width, verb, values[used]))
        used += 1
    if used != len(values):
        raise RefusedError
    pieces.append(part(pattern, at, len(text)))
    return bounded(joined(pieces))


def _verb(text: str, start: int) -> tuple[str, str, str, int]:
    """Read one ``%…``: its flags, width and letter, and where it ends."""
    at = start + 1
    while at < len(text) and text[at] in "+-0# ":
        at += 1
    flags, low = text[start + 1 : at], at
    while at < len(text) and text[at].isdecimal():
        at += 1
    if at >= len(text):
        raise RefusedError
    if text[at] in "[.*" or at - low > 3:  # noqa: PLR2004 (no table has a name wider than 999)
        raise UnknownError
    return flags, text[low:at], text[at], at + 1


def _formatted(flags: str, width: str, verb: str, result: Result) -> Value:
    if verb == "s" and not isinstance(result, tuple):
        raise RefusedError
    if verb in "sv" and not flags and not width and isinstance(result, tuple):
        return as_string(result)
    if verb == "v" and not flags.strip("#") and not width and not isinstance(result, tuple):
        return json_text(result)
    if verb == "q" and not flags and not width:
        return joined([literal('"'), *map(json_piece, as_string(result)), literal('"')])
    if verb == "d" and not flags.strip("0"):
        return _digits(flags, width, result)
    if verb == "s" and not flags.strip("-"):
        text = known_text(result)
        if not text.isascii():
            raise UnknownError
        return literal(text.ljust(int(width or 0)) if flags else text.rjust(int(width or 0)))
    if verb == "t" and not flags and not width:
        return literal("true" if truth(result) else "false")
    raise UnknownError


def _digits(flags: str, width: str, result: Result) -> Value:
    found = number(result)
    if found != found.to_integral_value():
        raise UnknownError
    text = str(int(found))
    if not width:
        return as_string(result) if text == known_text(result) else literal(text)
    return literal(text.zfill(int(width)) if flags else text.rjust(int(width)))


def _formatlist(arguments: Sequence[Result]) -> Result:
    if not arguments:
        raise RefusedError
    columns: list[list[Result] | None] = []
    for argument in arguments:
        if hole_of(argument) or (isinstance(argument, list) and any(is_many(item) for item in argument)):
            raise UnknownError
        columns.append(open_list(argument) if isinstance(argument, list) else None)
    sizes = {len(column) for column in columns if column is not None}
    if len(sizes) > 1:
        raise RefusedError
    rows: list[Result] = []
    for index in range(next(iter(sizes), 1)):
        row = [
            argument if column is None else column[index] for argument, column in zip(arguments, columns, strict=True)
        ]
        rows.append(_format(row))
    return rows


# ---------------------------------------------------------------- lists and maps


def _element(arguments: Sequence[Result]) -> Result:
    subject, index = _exactly(arguments, 2)
    items, wanted = open_list(subject), whole(index)
    if isinstance(subject, Members):
        raise RefusedError
    if wanted < 0:
        raise UnknownError
    if any(is_many(item) for item in items[: wanted + 1]):
        raise UnknownError
    if wanted < len(items):
        return items[wanted]
    if any(is_many(item) for item in items):
        raise UnknownError
    if not items:
        raise RefusedError
    return items[wanted % len(items)]


def _lookup(arguments: Sequence[Result]) -> Result:
    _between(arguments, 2, 3)
    pairs, key = mapping(arguments[0]), text_of(scalar(arguments[1]))
    if key is None:
        return (one_of("lookup", arguments, [*pairs.values(), *arguments[2:]]),)
    if key in pairs:
        return pairs[key]
    if len(arguments) < 3:  # noqa: PLR2004 (no default)
        raise RefusedError
    return arguments[2]


def _merge(arguments: Sequence[Result]) -> Result:
    merged: dict[str, Result] = {}
    for argument in arguments:
        if argument is not None:
            merged.update(mapping(argument))
    if len(merged) > MAX_ITEMS:
        raise UnknownError
    return in_order(merged)


def _concat(arguments: Sequence[Result]) -> Result:
    if not arguments or any(isinstance(argument, Members) for argument in arguments):
        raise RefusedError
    items: list[Result] = []
    for argument in arguments:
        whole_hole = hole_of(argument)
        items += [many(whole_hole)] if whole_hole else open_list(argument)
        bounded_list(items)
    return items


def _coalesce(arguments: Sequence[Result]) -> Result:
    stringy = any(isinstance(argument, tuple) and known(argument) and not is_bare(argument) for argument in arguments)
    for argument in arguments:
        if argument is None or (isinstance(argument, tuple) and text_of(argument) == ""):
            continue
        if isinstance(argument, tuple) and not any(isinstance(piece, Literal) and piece.text for piece in argument):
            raise UnknownError
        return as_string(argument) if stringy and isinstance(argument, tuple) else argument
    raise RefusedError


def _coalescelist(arguments: Sequence[Result]) -> Result:
    if any(isinstance(argument, Members) for argument in arguments):
        raise RefusedError
    for argument in arguments:
        if argument is None:
            continue
        items = any_list(argument)
        if items and all(is_many(item) for item in items):
            raise UnknownError
        if items:
            return items
    raise RefusedError


def _compact(arguments: Sequence[Result]) -> Result:
    (subject,) = _exactly(arguments, 1)
    items: list[Result] = []
    for item in open_list(subject):
        found = hole_of(item)
        if found:
            items.append(many(found))
        elif item is not None and text_of(scalar(item)) != "":
            if not any(isinstance(piece, Literal) and piece.text for piece in scalar(item)):
                items.append(many(derived("compact", [item])))
            else:
                items.append(as_string(item))
    return items


def _distinct(arguments: Sequence[Result]) -> Result:
    (subject,) = _exactly(arguments, 1)
    return _distinct_in_order(_one_type(open_list(subject)))


def _unique(items: list[Result]) -> list[Result]:
    """Drop what occurs again."""
    kept: list[Result] = []
    seen: set[tuple[str, bool]] = set()
    for item in items:
        text = text_of(item)
        if text is not None:
            if (text, is_bare(item)) in seen:
                continue
            seen.add((text, is_bare(item)))
        elif any(same(item, other) for other in kept[:_MAX_COMPARED]):
            continue
        kept.append(item)
    return kept


def _may_vanish(item: Result) -> Value:
    """Return an element that may be the same as another, and then is none."""
    return many(hole_of(item) or derived("distinct", [item]))


def _distinct_in_order(items: list[Result]) -> list[Result]:
    """Return distinct elements; behind the first that is not known any may have occurred before."""
    kept = _unique(items)
    first = next((index for index, item in enumerate(kept) if not wholly_known(item)), len(kept))
    if len(kept) == 1 or first == len(kept):
        return kept
    behind = kept[first:]
    return [*kept[:first], _may_vanish(behind[0]) if len(behind) == 1 else many(derived("distinct", [behind]))]


def _flatten(arguments: Sequence[Result]) -> Result:
    (subject,) = _exactly(arguments, 1)
    items: list[Result] = []
    stack: list[Result] = [*reversed(open_list(subject))]
    for _ in range(MAX_VISITS):
        if not stack:
            return bounded_list(items)
        top = stack.pop()
        found = hole_of(top)
        if isinstance(top, list):
            stack.extend(reversed(open_list(top)))
        else:
            items.append(many(found) if found else top)
    raise UnknownError


def _keys(arguments: Sequence[Result]) -> Result:
    (subject,) = _exactly(arguments, 1)
    return [literal(key) for key in sorted(mapping(subject))]


def _values(arguments: Sequence[Result]) -> Result:
    (subject,) = _exactly(arguments, 1)
    return list(in_order(mapping(subject)).values())


def _length(arguments: Sequence[Result]) -> Result:
    (subject,) = _exactly(arguments, 1)
    if isinstance(subject, tuple):
        text = known_text(subject)
        if is_bare(subject) or not text.isascii() or "\r" in text:
            raise UnknownError
        return _count(len(text))
    if isinstance(subject, dict):
        return _count(len(subject))
    return _count(len(closed_list(subject)))


def _count(size: int) -> Value:
    return (Literal(str(size), None, bare=True),)


def _contains(arguments: Sequence[Result]) -> Result:
    subject, sought = _exactly(arguments, 2)
    if sought is None:
        raise RefusedError
    answers = [None if is_many(item) else same(item, sought) for item in any_list(subject)]
    if any(answer is True for answer in answers):
        return TRUE
    return boolean(None if any(answer is None for answer in answers) else False)


def _index(arguments: Sequence[Result]) -> Result:
    subject, sought = _exactly(arguments, 2)
    if sought is None:
        raise RefusedError
    for position, item in enumerate(closed_list(subject)):
        answer = same(item, sought)
        if answer is None:
            raise UnknownError
        if answer:
            return _count(position)
    raise RefusedError


def _tolist(arguments: Sequence[Result]) -> Result:
    (subject,) = _exactly(arguments, 1)
    return None if subject is None else _one_type([*open_list(subject)])


def _one_type(items: list[Result]) -> list[Result]:
    """Make strings of numbers that stand among strings, as a list of one type does."""
    scalars = [item for item in items if isinstance(item, tuple) or item is None]
    if len(scalars) < len(items):
        return _one_structure(items)
    if any(isinstance(item, tuple) and not is_bare(item) and not hole_of(item) for item in items):
        return [as_string(item) if is_bare(item) else item for item in items]
    return items


def _one_structure(items: list[Result]) -> list[Result]:
    """Return lists or maps that certainly have one type: as scalars they hold strings alone."""
    inner: list[Result] = []
    for item in items:
        if isinstance(item, tuple) or item is None or type(item) is not type(items[0]):
            raise UnknownError
        inner.extend(item.values() if isinstance(item, dict) else item)
    if not all(isinstance(item, tuple) and not is_bare(item) for item in inner):
        raise UnknownError
    return items


def _toset(arguments: Sequence[Result]) -> Result:
    (subject,) = _exactly(arguments, 1)
    if subject is None:
        return None
    items = _one_type([*any_list(subject)])
    kept = _unique(items)
    if all(isinstance(item, tuple) and known(item) for item in kept):
        return Members(_sorted(kept))
    if None in kept:
        raise UnknownError
    if len(kept) == 1:
        return Members(kept)
    # what is known is there whatever the rest is
    unknown = [_may_vanish(item) for item in kept if not wholly_known(item)]
    return Members([*(item for item in kept if wholly_known(item)), *unknown])


def _sorted(items: list[Result]) -> list[Result]:
    if items and all(is_bare(item) for item in items) and known_text(items[0]) not in ("true", "false"):
        return sorted(items, key=number)
    return sorted(items, key=lambda item: known_text(item).encode("utf-8", "surrogatepass"))


def _tomap(arguments: Sequence[Result]) -> Result:
    (subject,) = _exactly(arguments, 1)
    if subject is None:
        return None
    pairs = mapping(subject)
    return dict(zip(pairs, _one_type([*pairs.values()]), strict=True))


def _tostring(arguments: Sequence[Result]) -> Result:
    (subject,) = _exactly(arguments, 1)
    return None if subject is None else as_string(subject)


def _tonumber(arguments: Sequence[Result]) -> Result:
    (subject,) = _exactly(arguments, 1)
    if subject is None:
        return None
    found = number_value(number(subject))
    origin = scalar(subject)
    return (Literal(known_text(found), span_of(origin) if len(origin) == 1 else None, bare=True),)


def _tobool(arguments: Sequence[Result]) -> Result:
    (subject,) = _exactly(arguments, 1)
    if subject is None:
        return None
    return TRUE if truth(subject) else FALSE


def _unchanged(arguments: Sequence[Result]) -> Result:
    return _exactly(arguments, 1)[0]


def _one(arguments: Sequence[Result]) -> Result:
    (subject,) = _exactly(arguments, 1)
    items = any_list(subject)
    if any(is_many(item) for item in items):
        raise UnknownError
    if len(items) > 1:
        raise RefusedError
    return items[0] if items else None


def _range(arguments: Sequence[Result]) -> Result:
    """Count in whole numbers, up to the 1,024 that Terraform allows."""
    numbers = [whole(argument) for argument in _between(arguments, 1, 3)]
    start, limit = (0, numbers[0]) if len(numbers) == 1 else (numbers[0], numbers[1])
    step = numbers[2] if len(numbers) > 2 else 1 if limit >= start else -1  # noqa: PLR2004 (start, limit, step)
    found = range(start, limit, step or 1)
    if not step or len(found) > _MAX_RANGE or (start != limit and (step > 0) != (limit > start)):
        raise RefusedError
    return [_count(index) for index in found]


def _zipmap(arguments: Sequence[Result]) -> Result:
    keys, values = (closed_list(argument) for argument in _exactly(arguments, 2))
    if len(keys) != len(values):
        raise RefusedError
    return in_order({known_text(key): value for key, value in zip(keys, values, strict=True)})


def _setproduct(arguments: Sequence[Result]) -> Result:
    if len(arguments) < 2:  # noqa: PLR2004 (a product needs two)
        raise RefusedError
    rows: list[list[Result]] = [[]]
    for argument in arguments:
        items = closed_list(argument)
        if len(rows) * len(items) * len(arguments) > MAX_ITEMS:
            raise UnknownError
        rows = [[*row, item] for row in rows for item in items]
    return [*rows]


def _sort(arguments: Sequence[Result]) -> Result:
    (subject,) = _exactly(arguments, 1)
    items: list[Result] = [as_string(item) for item in closed_list(subject)]
    return _sorted(items)


def _reverse(arguments: Sequence[Result]) -> Result:
    (subject,) = _exactly(arguments, 1)
    return [*reversed(open_list(subject))]


def _slice(arguments: Sequence[Result]) -> Result:
    subject, start, end = _exactly(arguments, 3)
    if isinstance(subject, Members):
        raise RefusedError
    items, low, high = open_list(subject), whole(start), whole(end)
    if any(is_many(item) for item in items[:high]):
        raise UnknownError
    if not 0 <= low <= high or (high > len(items) and not any(is_many(item) for item in items)):
        raise RefusedError
    if high > len(items):
        raise UnknownError
    return items[low:high]


def _all_true(arguments: Sequence[Result]) -> Result:
    (subject,) = _exactly(arguments, 1)
    answers = [_truth_or_none(item) for item in any_list(subject)]
    if any(answer is False for answer in answers):
        return FALSE
    return boolean(None if any(answer is None for answer in answers) else True)


def _any_true(arguments: Sequence[Result]) -> Result:
    (subject,) = _exactly(arguments, 1)
    answers = [_truth_or_none(item) for item in any_list(subject)]
    if any(answer is True for answer in answers):
        return TRUE
    return boolean(None if any(answer is None for answer in answers) else False)


def _truth_or_none(item: Result) -> bool | None:
    if item is None:
        return False
    try:
        return truth(item)
    except UnknownError:
        return None


def _extreme(largest: bool) -> Function:  # noqa: FBT001 (max or min)
    def function(arguments: Sequence[Result]) -> Result:
        if not arguments:
            raise RefusedError
        numbers = [number(argument) for argument in arguments]
        return number_value(max(numbers) if largest else min(numbers))

    return function


# ---------------------------------------------------------------- JSON


def _jsonencode(arguments: Sequence[Result]) -> Result:
    return json_text(_exactly(arguments, 1)[0])


FUNCTIONS: Mapping[str, Function] = {
    "alltrue": _all_true,
    "anytrue": _any_true,
    "basename": _basename,
    "chomp": _chomp,
    "coalesce": _coalesce,
    "coalescelist": _coalescelist,
    "compact": _compact,
    "concat": _concat,
    "contains": _contains,
    "dirname": _dirname,
    "distinct": _distinct,
    "element": _element,
    "endswith": _endswith,
    "flatten": _flatten,
    "format": _format,
    "formatlist": _formatlist,
    "index": _index,
    "join": _join,
    "jsonencode": _jsonencode,
    "keys": _keys,
    "length": _length,
    "lookup": _lookup,
    "lower": _cased("lower", str.lower),
    "max": _extreme(largest=True),
    "merge": _merge,
    "min": _extreme(largest=False),
    "nonsensitive": _unchanged,
    "one": _one,
    "range": _range,
    "replace": _replace,
    "reverse": _reverse,
    "sensitive": _unchanged,
    "setproduct": _setproduct,
    "slice": _slice,
    "sort": _sort,
    "split": _split,
    "startswith": _startswith,
    "strrev": _strrev,
    "substr": _substr,
    "title": _title,
    "tobool": _tobool,
    "tolist": _tolist,
    "tomap": _tomap,
    "tonumber": _tonumber,
    "toset": _toset,
    "tostring": _tostring,
    "trim": _trim,
    "trimprefix": _trimprefix,
    "trimspace": _trimspace,
    "trimsuffix": _trimsuffix,
    "upper": _cased("upper", str.upper),
    "values": _values,
    "zipmap": _zipmap,
}
