"""The settings file, checked: unknown keys and rules are refused with the nearest known one.

Imported only where a settings file exists.
"""

from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from tflint_locks import __version__
from tflint_locks.data.regions import REGIONS
from tflint_locks.plain_yaml import Document, Place, YamlError, read_document
from tflint_locks.resolve.versions import readable, satisfied
from tflint_locks.settings import (
    OFF,
    Convention,
    EnvironmentSettings,
    IgnoreSettings,
    RuleSettings,
    Settings,
    SettingsError,
    ToolSettings,
    matches,
    rebased,
)

TEMPLATE_WORDS = ("<project>", "<env>", "<region>", "<account>")
TOOLS = {"terraform": "terraform", "opentofu": "tofu"}


def _level(value: object) -> object:
    """YAML 1.1 reads ``off`` as false; both are taken."""
    return OFF if value is False else value


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _template(text: str) -> str:
    rest = text
    for word in TEMPLATE_WORDS:
        rest = rest.replace(word, "")
    if "<" in rest or ">" in rest:
        raise ValueError(f"a template knows {', '.join(TEMPLATE_WORDS)} and * only")
    return text


def _constraint(text: str) -> str:
    if not readable(text):
        raise ValueError("not a version constraint, such as `1.10.5` or `~> 1.9`")
    return text


def _region(text: str) -> str:
    if text not in REGIONS:
        raise ValueError(f"no region `{text}`{meant(text, REGIONS)}")
    return text


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("a date is written YYYY-MM-DD") from None


Words: TypeAlias = Annotated[str, Field(min_length=1)]
# What people may write, for the schema: YAML's `off` may be false, one text may stand for a list of one.
_LEVELS = Literal["off", "note", "warning", "error", False]
_ONE_OR_MORE = str | list[str]
Level: TypeAlias = Annotated[
    Literal["off", "note", "warning", "error"], BeforeValidator(_level, json_schema_input_type=_LEVELS)
]
Globs: TypeAlias = list[Words]
Template: TypeAlias = Annotated[Words, AfterValidator(_template)]
Templates: TypeAlias = Annotated[
    list[Template], Field(min_length=1), BeforeValidator(_listed, json_schema_input_type=_ONE_OR_MORE)
]
OneOrMore: TypeAlias = Annotated[
    list[Words], Field(min_length=1), BeforeValidator(_listed, json_schema_input_type=_ONE_OR_MORE)
]
Constraint: TypeAlias = Annotated[Words, AfterValidator(_constraint)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ConventionsModel(_Model):
    """Templates for names, one or several of each; `<project>`, `<env>`, `<region>`, `<account>` and `*`."""

    lock_table: Templates | None = None
    state_bucket: Templates | None = None
    state_key: Templates | None = None


class EnvironmentModel(_Model):
    """One environment: what it is called, where it lies, and how its names differ from the others'."""

    aliases: Annotated[list[Words], Field(description="Other words for it in names and paths.")] = []
    paths: Annotated[Globs, Field(description="Globs of its backend files, var files and folders.")] = []
    account: Annotated[str, Field(pattern=r"^\d{12}$", description="The id of its AWS account.")] | None = None
    region: Annotated[str, AfterValidator(_region), Field(description="Where its state lies.")] | None = None
    conventions: ConventionsModel = ConventionsModel()


class RuleSettingsModel(_Model):
    """What is decided about a rule, or about all that a pattern covers."""

    severity: Level | None = None
    paths: Annotated[dict[Words, Level], Field(description="Severities of findings in files, by glob.")] = {}
    silenceable: Annotated[bool, Field(description="Whether a comment may silence it.")] = True


class IgnoreModel(_Model):
    """Findings that are silenced from here, for files that have no comments."""

    rules: OneOrMore
    paths: OneOrMore
    reason: str = ""
    until: Annotated[str, AfterValidator(_date)] | None = None


class ToolModel(_Model):
    """The tool that runs the configurations."""

    name: Literal["terraform", "opentofu"]
    version: Constraint | None = None


class SettingsModel(_Model):
    """The settings of tflint-locks."""

    project: Annotated[str, Field(min_length=1, description="What names are formed with.")] | None = None
    required_version: Annotated[Constraint, Field(description="The versions of tflint-locks to use.")] | None = None
    tool: ToolModel | None = None
    conventions: ConventionsModel = ConventionsModel()
    environments: dict[Words, EnvironmentModel | None] = {}
    rules: Annotated[dict[Words, Level | RuleSettingsModel], Field(description="By id or pattern (`docs-*`).")] = {}
    rule_files: Annotated[Globs, Field(description="Declarative rules of your own.")] = []
    exclude: Annotated[Globs, Field(description="Files and folders that are not read.")] = []
    ignore: list[IgnoreModel] = []
    require_reason: Annotated[bool, Field(description="A comment that silences must say why.")] = False
    fail_on: Annotated[Literal["error", "warning", "note"], Field(description="What makes a run fail.")] | None = None


def read_settings(path: str, text: str, rules: frozenset[str], folder: str = "") -> Settings:
    """Check a settings file against the known rules; globs count from ``folder``. Raises SettingsError."""
    try:
        document = read_document(text.removeprefix("\ufeff"))
    except YamlError as error:
        raise SettingsError(f"{path}:{error.line}: {error.message}") from None
    try:
        model = SettingsModel.model_validate(_stated(document.data))
    except ValidationError as error:
        raise SettingsError(_complaint(path, error, document)) from None
    if model.required_version and not satisfied(model.required_version, __version__):
        wanted = f"these settings are for tflint-locks {model.required_version}; this is {__version__}"
        raise SettingsError(f"{path}:{document.line_of(('required_version',))}: {wanted}")
    settings = _plain(path, model, document, folder)
    if not settings.rule_files:
        check_rules(settings, rules)
    return settings


def _stated(data: object) -> object:
    """Leave out keys without a value: all below them may stand there as comments."""
    if isinstance(data, dict):
        return {key: value for key, value in data.items() if value is not None or key not in SettingsModel.model_fields}
    return {} if data is None else data


def check_rules(settings: Settings, rules: frozenset[str]) -> None:
    """Refuse settings that name a rule there is not; raises SettingsError."""
    lines = dict(settings.origins)
    named = [(lines.get(f"rules.{one.pattern}", 1), one.pattern) for one in settings.rules]
    named += [(one.line, name) for one in settings.ignores for name in one.rules]
    unknown = [(line, name) for line, name in named if not any(matches(name, rule) for rule in rules)]
    if unknown:
        faults = (f"{settings.path}:{line}: no rule `{name}`{meant(name, rules)}" for line, name in unknown)
        raise SettingsError("\n".join(faults))


def meant(word: str, known: frozenset[str]) -> str:
    """Return ``; did you mean …?`` where a known word is near."""
    near = get_close_matches(word, sorted(known), 1)
    return f"; did you mean `{near[0]}`?" if near else ""


_SHOULD = {
    "model_type": "should be keys with values",
    "dict_type": "should be keys with values",
    "list_type": "should be a list",
    "missing": "is missing",
    "string_pattern_mismatch": "should be twelve digits",
}


def _complaint(path: str, error: ValidationError, document: Document) -> str:
    faults = [(tuple(part for part in one["loc"] if not _is_branch(part)), one) for one in error.errors()]
    told = {
        (document.line_of(place), _said(fault, place)): None
        for place, fault in faults
        if not any(_says_more(other, place, fault["type"]) for other in faults)
    }
    return "\n".join(f"{path}:{line}: {said}" for line, said in sorted(told))


def _says_more(fault: tuple[Place, Any], place: Place, kind: str) -> bool:
    """Tell whether a fault is of the alternative that was meant, where another was tried at a place, too."""
    deeper = fault[0][: len(place)] == place and len(fault[0]) > len(place)
    if kind == "literal_error":
        return deeper
    return kind == "model_type" and fault[0] == place and fault[1]["type"] == "literal_error"


def _is_branch(part: object) -> bool:
    """Tell whether a part of a place is pydantic's name for one alternative of several."""
    return isinstance(part, str) and (part == RuleSettingsModel.__name__ or part.startswith("function-"))


def _said(fault: Any, place: Place) -> str:
    name = str(place[-1]) if place else ""
    if fault["type"] == "extra_forbidden":
        return f"no key `{name}`{meant(name, _keys_of(place[:-1]))}"
    where = ".".join(str(part) for part in place) + ": " if place else ""
    message = _SHOULD.get(fault["type"]) or str(fault["msg"]).removeprefix("Value error, ")
    return f"{where}{message[:1].lower()}{message[1:]}"


def _keys_of(place: Place) -> frozenset[str]:
    models: dict[Place, type[BaseModel]] = {
        (): SettingsModel,
        ("conventions",): ConventionsModel,
        ("environments",): EnvironmentModel,
        ("environments", "conventions"): ConventionsModel,
        ("tool",): ToolModel,
        ("rules",): RuleSettingsModel,
        ("ignore",): IgnoreModel,
    }
    return frozenset(models.get(place[:1] + place[2:], SettingsModel).model_fields)  # the second is a name or number


def _plain(path: str, model: SettingsModel, document: Document, folder: str) -> Settings:
    environments = [(name, one or EnvironmentModel()) for name, one in model.environments.items()]
    conventions = [*_conventions(model.conventions, None)]
    for name, environment in environments:
        conventions += _conventions(environment.conventions, name)
    return Settings(
        path=path,
        project=model.project,
        rules=tuple(_rule(pattern, one, folder) for pattern, one in model.rules.items()),
        exclude=_globs(model.exclude, folder),
        conventions=tuple(conventions),
        environments=tuple(
            EnvironmentSettings(name, tuple(one.aliases), _globs(one.paths, folder), one.account, one.region)
            for name, one in environments
        ),
        tool=_tool(model, document),
        fail_on=model.fail_on,
        require_reason=model.require_reason,
        ignores=tuple(_ignores(model, document, folder)),
        rule_files=_globs(model.rule_files, folder),
        origins=tuple((".".join(map(str, place)), line) for place, line in document.lines.items() if place),
    )


def _globs(globs: list[str], folder: str) -> tuple[str, ...]:
    return tuple(rebased(glob, folder) for glob in globs)


def _conventions(model: ConventionsModel, environment: str | None) -> Iterator[Convention]:
    for subject in ConventionsModel.model_fields:
        if templates := getattr(model, subject):
            yield Convention(subject, tuple(templates), environment)


def _rule(pattern: str, one: str | RuleSettingsModel, folder: str) -> RuleSettings:
    if isinstance(one, str):
        return RuleSettings(pattern, one)
    paths = tuple((rebased(glob, folder), level) for glob, level in one.paths.items())
    return RuleSettings(pattern, one.severity, paths, one.silenceable)


def _tool(model: SettingsModel, document: Document) -> ToolSettings | None:
    if model.tool is None:
        return None
    return ToolSettings(TOOLS[model.tool.name], model.tool.version or "", document.line_of(("tool",)))


def _ignores(model: SettingsModel, document: Document, folder: str) -> Iterator[IgnoreSettings]:
    for number, one in enumerate(model.ignore):
        line = document.line_of(("ignore", number))
        yield IgnoreSettings(tuple(one.rules), _globs(one.paths, folder), one.reason, one.until or "", line)


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the settings file, for editors."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Settings of tflint-locks",
        **SettingsModel.model_json_schema(),
    }
