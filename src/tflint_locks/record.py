"""Classes of named fields, that may change or not, without what ``dataclasses`` and ``typing`` cost a short run.

``dataclasses`` imports ``inspect`` and compiles text for every class, as ``typing.NamedTuple`` does: a run makes two
hundred classes and would spend a tenth of its time on them. Here types alone say which arguments there are.
"""

from collections import namedtuple
from collections.abc import Callable
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeVar, cast, dataclass_transform

_Any = TypeVar("_Any")

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple  # noqa: PLC0414 - so written, others may import it from here
else:
    _PATTERNS: dict[int, type] = {}

    def _pattern(count: int) -> type:
        """Return a named tuple of so many fields, from which all others of as many are made."""
        if count not in _PATTERNS:
            _PATTERNS[count] = namedtuple("Pattern", [f"field{index}" for index in range(count)])  # noqa: PYI024
        return _PATTERNS[count]

    class _Named(type):
        """The type of classes of named tuples: each takes its making and its fields from the pattern of its size."""

        def __init__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> None:
            super().__init__(name, bases, body)
            fields = tuple(cls.__annotations__)
            pattern = _pattern(len(fields))
            defaults = tuple(body[field] for field in fields if field in body)
            code = pattern.__new__.__code__.replace(co_varnames=("_cls", *fields))
            cls.__new__ = staticmethod(FunctionType(code, pattern.__new__.__globals__, "__new__", defaults))
            cls._fields = cls.__match_args__ = fields
            for field, like in zip(fields, pattern._fields, strict=True):
                setattr(cls, field, vars(pattern)[like])

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
            return super().__new__(cls, name, bases, {**body, "__slots__": ()})

    class NamedTuple(tuple, metaclass=_Named):  # noqa: SLOT001 - its type sees to that
        """A tuple whose parts have names, as ``typing.NamedTuple`` makes it."""

        def _replace(self, /, **changes: object) -> tuple[Any, ...]:
            made = tuple.__new__(type(self), map(changes.pop, self._fields, self))
            if changes:
                raise ValueError(f"no such fields: {', '.join(changes)}")
            return made

        def __getnewargs__(self) -> tuple[Any, ...]:
            """Return what a copy is made of."""
            return tuple(self)

        def __repr__(self) -> str:
            """Return what makes this."""
            parts = (f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
            return f"{type(self).__name__}({', '.join(parts)})"


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
        vars(self).update(given)

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
