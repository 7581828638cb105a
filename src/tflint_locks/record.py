"""Records: classes of named fields that may change, as dataclasses make them, without what those cost a short run.

``dataclasses`` imports ``inspect`` and compiles text for every class. Here types alone say which arguments there are.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast, dataclass_transform

_Any = TypeVar("_Any")


class _Made(NamedTuple):
    """A default that every record has of its own."""

    make: Callable[[], Any]


def field(*, default_factory: Callable[[], _Any]) -> _Any:
    """Return the default of a field that every record has of its own."""
    return cast("_Any", _Made(default_factory))


@dataclass_transform(eq_default=False, field_specifiers=(field,))
def record(cls: type[_Any]) -> type[_Any]:
    """Give a class an ``__init__`` that takes its fields in order or by name."""
    names = tuple(cls.__annotations__)
    made = [(name, getattr(cls, name).make) for name in names if isinstance(getattr(cls, name, None), _Made)]

    def __init__(self: object, *values: object, **named: object) -> None:  # noqa: N807 - it becomes the class's
        given = dict(zip(names, values, strict=False)) | named
        for name, make in made:
            if name not in given:
                given[name] = make()
        for name, value in given.items():
            setattr(self, name, value)

    cls.__init__ = __init__  # type: ignore[method-assign] # what the decorator is for
    return cls


@dataclass_transform(eq_default=False, frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[_Any]) -> type[_Any]:
    """Give a class an ``__init__`` as ``record`` does; its fields keep what they are given."""
    return record(cls)


def replaced(one: _Any, **changes: object) -> _Any:
    """Return a copy of a record with other values of some fields."""
    new = object.__new__(type(one))
    new.__dict__.update(one.__dict__)
    new.__dict__.update(changes)
    return new
