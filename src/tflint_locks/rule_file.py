"""A rule's YAML file, checked: every key known, every message's words given, every example complete.

Imported only where YAML rules are read: in a source tree, by the build and by the tests; the wheel holds plain data.
"""

from pathlib import PurePath
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from tflint_locks.finding import Severity
from tflint_locks.plain_yaml import Document, Place, YamlError, read_document
from tflint_locks.resolve.rows import FIELDS
from tflint_locks.rule import Argument, Fix, Predicate, RelatedField, Rule, RuleError, Select

Words: TypeAlias = Annotated[str, Field(min_length=1)]
Relation: TypeAlias = Literal["configuration", "pair", "definition", "state"]
Identity: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
SeverityName: TypeAlias = Literal["error", "warning", "note"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Table(_Model):
    """A table shipped with the tool, by name."""

    table: Literal["regions", "backend_attributes"]


class Chars(_Model):
    """What is wrong with a text's characters; all that are given must hold."""

    outside: Words | None = None
    shorter_than: int | None = None
    longer_than: int | None = None
    starts_with: Words | None = None
    ends_with: Words | None = None


class Predicates(_Model):
    """What must certainly hold of one field; all that are given."""

    present: Literal[True] | None = None
    absent: Literal[True] | None = None
    equals: str | bool | int | None = None
    not_equals: str | bool | int | None = None
    one_of: list[str] | Table | None = None
    none_of: list[str] | Table | None = None
    contains: Words | list[Words] | None = None
    chars: Chars | None = None
    agrees_with: Words | None = None
    disagrees_with: Words | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "Predicates":
        if not self.model_fields_set:
            raise ValueError("a field without a predicate")
        return self


class RelatedModel(_Model):
    """A related place of a declarative rule."""

    at: Words
    message: Words


class SelectModel(_Model):
    """The pattern of a declarative rule."""

    relation: Relation = Field(alias="from")
    where: Annotated[list[Annotated[dict[str, Predicates], Field(min_length=1)]], Field(min_length=1)]
    at: Words
    cause: Words | None = None


class FixModel(_Model):
    """How a rule repairs what it finds."""

    replace: Words | None = None
    replacement: Words | None = Field(default=None, alias="with")
    safe: bool = False
    add: Annotated[str, Field(pattern=r"^\w+ = \S+$")] | None = None


class Expected(_Model):
    """One finding an example must raise: the text under its span; ``line`` only where that text occurs twice.

    ``repair`` says how sure its repair is, or that there is none.
    """

    path: Words
    at: str
    line: int | None = None
    severity: SeverityName | None = None
    message: str | None = None
    repair: Literal["safe", "unsafe", "none"] | None = None


class Example(_Model):
    """A small repository; bad when it expects findings, good when it expects none.

    ``unreadable`` are further files that cannot be read, and why.
    """

    name: Words
    files: Annotated[dict[str, str], Field(min_length=1)]
    expect: list[Expected] = []
    settings: str | None = None
    fixed: dict[str, str] | None = None
    severity: SeverityName | None = None
    unreadable: dict[str, str] = {}


class RuleModel(_Model):
    """All of a rule's file."""

    id: Identity
    summary: Words
    severity: SeverityName
    since: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    why: Words
    remedy: Words
    message: Words | dict[Identity, Words]
    effect: str = ""
    label: str = ""
    off: bool = False
    select: SelectModel | None = None
    related: list[RelatedModel] = []
    fix: FixModel | None = None
    limits: str = ""
    references: list[Annotated[str, Field(pattern=r"^https://")]] = []
    examples: list[Example]

    @field_validator("message")
    @classmethod
    def _has_default(cls, message: str | dict[str, str]) -> str | dict[str, str]:
        if isinstance(message, dict) and "default" not in message:
            raise ValueError("variants of a message need one called `default`")
        return message

    @field_validator("examples")
    @classmethod
    def _good_and_bad(cls, examples: list[Example]) -> list[Example]:
        if not any(example.expect for example in examples) or all(example.expect for example in examples):
            raise ValueError("at least one bad example (with `expect`) and one good one (without)")
        return examples

    @model_validator(mode="after")
    def _select_has_all(self) -> "RuleModel":
        if self.select is None:
            if self.related:
                raise ValueError("`related` belongs to a rule with `select`; a check yields its own")
            return self
        known = FIELDS[self.select.relation]
        if unknown := sorted(name for name in self._fields(self.select) if name not in known):
            raise ValueError(f"relation `{self.select.relation}` has no field {', '.join(unknown)}")
        return self

    def _fields(self, select: SelectModel) -> set[str]:
        """Return every field the pattern, its places and its repair name."""
        named = {select.at, select.cause or select.at, *(place.at for place in self.related)}
        for alternative in select.where:
            named |= set(alternative)
            compared = (one for part in alternative.values() for one in (part.agrees_with, part.disagrees_with))
            named |= {field for field in compared if field}
        return named


def read_rule(path: str, text: str) -> RuleModel:
    """Check one rule file; raises RuleError."""
    try:
        document = read_document(text)
        model = RuleModel.model_validate(document.data)
    except YamlError as error:
        raise RuleError(f"{path}:{error.line}: {error.message}") from None
    except ValidationError as error:
        raise RuleError(_complaint(path, error, document)) from None
    if PurePath(path).stem != model.id:
        raise RuleError(f"{path}: the rule's id is `{model.id}`: file and id must have one name")
    return model


def _complaint(path: str, error: ValidationError, document: Document) -> str:
    """Return what is wrong, one line for each fault, each with its place."""
    return "\n".join(
        f"{path}:{document.line_of(fault['loc'])}: {_way(fault['loc'])}{_said(fault)}" for fault in error.errors()
    )


def _way(place: Place) -> str:
    """Return the way to a value for people, ``select.where.0: ``."""
    return ".".join(str(part) for part in place) + ": " if place else ""


def _said(fault: Any) -> str:
    message = str(fault["msg"]).removeprefix("Value error, ")
    return "no such key" if fault["type"] == "extra_forbidden" else message[:1].lower() + message[1:]


def plain_rule(model: RuleModel) -> Rule:
    """Return the rule as plain data, without its examples."""
    message = model.message if isinstance(model.message, dict) else {"default": model.message}
    return Rule(
        model.id,
        _line(model.summary),
        Severity(model.severity),
        model.since,
        {name: _line(text) for name, text in message.items()},
        model.why.strip(),
        model.remedy.strip(),
        _line(model.effect),
        _line(model.label),
        model.off,
        _plain_select(model) if model.select else None,
        _plain_fix(model.fix) if model.fix else None,
        model.limits.strip(),
        tuple(model.references),
    )


def _plain_fix(fix: FixModel) -> Fix:
    return Fix(fix.replace or "", fix.replacement or "", fix.safe, fix.add or "")


def _line(text: str) -> str:
    return " ".join(text.split())


def _plain_select(model: RuleModel) -> Select | None:
    select = model.select
    if select is None:
        return None
    where = tuple(
        tuple(
            Predicate(field, name, _argument(value))
            for field, predicates in alternative.items()
            for name, value in ((name, getattr(predicates, name)) for name in sorted(predicates.model_fields_set))
            if value is not None
        )
        for alternative in select.where
    )
    related = tuple(RelatedField(place.at, _line(place.message)) for place in model.related)
    return Select(select.relation, where, select.at, select.cause or select.at, related)


def _argument(value: object) -> Argument:
    if isinstance(value, BaseModel):
        return {name: part for name, part in value.model_dump().items() if part is not None}
    if isinstance(value, list):
        return tuple(str(part) for part in value)
    if isinstance(value, (bool, int)):
        return value
    return str(value)
