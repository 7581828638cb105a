"""The YAML that people write for this tool (settings, rules) as plain data, each value with its line.

A subset, read from the event stream with budgets for depth and size: no anchors, no tags, no keys twice. Plain
``true``, ``false`` and ``null`` and whole numbers of up to nine digits are what they seem; every other scalar is its
text, so ``off`` and an account's leading zero survive.
"""

from collections.abc import Iterator
from typing import Any, TypeAlias

import yaml

from tflint_locks.record import NamedTuple

DEPTH = 32
NODES = 50_000
CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}

Plain: TypeAlias = "str | bool | int | list[Plain] | dict[str, Plain] | None"
Place: TypeAlias = tuple[str | int, ...]


class YamlError(Exception):
    """Text that is not in the subset; ``line`` counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        """Keep the message and its line."""
        super().__init__(message)
        self.message = message
        self.line = line


class Document(NamedTuple):
    """Plain data, and the line of every key and item by the way that leads to it."""

    data: Plain
    lines: dict[Place, int]

    def line_of(self, place: Place) -> int:
        """Return the line of a value or of the nearest thing above it that has one."""
        lines = (self.lines.get(place[:end]) for end in range(len(place), -1, -1))
        return next((line for line in lines if line), 1)


class _Reading:
    """The events still to come and what has been read of them."""

    def __init__(self, events: Iterator[Any]) -> None:
        self.events = events
        self.lines: dict[Place, int] = {}
        self.nodes = 0


def read_document(text: str) -> Document:
    """Read one document; raises YamlError."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    reading = _Reading(yaml.parse(text, Loader=loader))
    try:
        event = _next(reading)
        if isinstance(event, yaml.StreamEndEvent):
            return Document(None, {})
        data = _node(reading, _next(reading), ())
        _next(reading)
        if not isinstance(after := _next(reading), yaml.StreamEndEvent):
            raise YamlError("a second document", after.start_mark.line + 1)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise YamlError(str(error.problem or "not YAML"), mark.line + 1 if mark else 1) from None
    except yaml.YAMLError as error:
        raise YamlError(str(error).splitlines()[0], 1) from None
    return Document(data, reading.lines)


def _next(reading: _Reading) -> Any:
    event = next(reading.events)
    while isinstance(event, yaml.StreamStartEvent):
        event = next(reading.events)
    return event


def _node(reading: _Reading, event: Any, place: Place) -> Plain:
    line = event.start_mark.line + 1
    reading.lines.setdefault(place, line)
    reading.nodes += 1
    if reading.nodes > NODES or len(place) > DEPTH:
        raise YamlError("too large or too deep", line)
    if isinstance(event, yaml.AliasEvent) or event.anchor or (event.tag and event.tag != "!"):
        raise YamlError("anchors, aliases and tags are not used here", line)
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(event.value) if event.implicit[0] else str(event.value)
    return _sequence(reading, place) if isinstance(event, yaml.SequenceStartEvent) else _mapping(reading, place)


def _sequence(reading: _Reading, place: Place) -> list[Plain]:
    items: list[Plain] = []
    while not isinstance(event := _next(reading), yaml.SequenceEndEvent):
        items.append(_node(reading, event, (*place, len(items))))
    return items


def _mapping(reading: _Reading, place: Place) -> dict[str, Plain]:
    entries: dict[str, Plain] = {}
    while not isinstance(event := _next(reading), yaml.MappingEndEvent):
        line = event.start_mark.line + 1
        if not isinstance(event, yaml.ScalarEvent) or event.anchor or event.tag:
            raise YamlError("a key must be a plain text", line)
        key = str(event.value)
        if key in entries:
            raise YamlError(f"`{key}` is given twice", line)
        reading.lines[(*place, key)] = line
        entries[key] = _node(reading, _next(reading), (*place, key))
    return entries


def _scalar(text: str) -> str | bool | int | None:
    lowered = text.lower()
    if lowered in CONSTANTS:
        return CONSTANTS[lowered]
    if text.isascii() and text.isdecimal() and len(text) <= 9 and (text[0] != "0" or text == "0"):  # noqa: PLR2004 - see above
        return int(text)
    return text
