"""The settings file, checked: unknown keys and rules are refused with the nearest known one.

Imported only where a settings file exists.
"""

from difflib import get_close_matches
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from tflint_locks.plain_yaml import Document, Place, YamlError, read_document
from tflint_locks.settings import OFF, EnvironmentSettings, Settings, SettingsError

Level: TypeAlias = Literal["off", "note", "warning", "error"]
Globs: TypeAlias = list[Annotated[str, Field(min_length=1)]]
TEMPLATE_WORDS = ("<project>", "<env>", "<region>", "<account>")


def _level(value: object) -> object:
    """YAML 1.1 reads ``off`` as false; both are taken."""
    return OFF if value is False else value


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _template(text: str) -> str:
    rest = text
    for word in TEMPLATE_WORDS:
        rest = rest.replace(word, "")
    if not text or "<" in rest or ">" in rest:
        raise ValueError(f"a template knows {', '.join(TEMPLATE_WORDS)} and * only")
    return text


Template: TypeAlias = Annotated[
    str, BeforeValidator(lambda value: _template(value) if isinstance(value, str) else value)
]


class ConventionsModel(_Model):
    """Templates for names."""

    lock_table: Template | None = Field(default=None, alias="lock-table")
    state_bucket: Template | None = Field(default=None, alias="state-bucket")
    state_key: Template | None = Field(default=None, alias="state-key")


class EnvironmentModel(_Model):
    """One environment and the files that belong to it."""

    aliases: list[Annotated[str, Field(min_length=1)]] = []
    backend_files: Globs = []
    var_files: Globs = []
    directories: Globs = []
    account: Annotated[str, Field(pattern=r"^\d{12}$")] | None = None


class SettingsModel(_Model):
    """All of the settings file."""

    project: Annotated[str, Field(min_length=1)] | None = None
    rules: dict[str, Annotated[Level, BeforeValidator(_level)]] = {}
    exclude: Globs = []
    conventions: ConventionsModel = ConventionsModel()
    environments: dict[str, EnvironmentModel | None] = {}

    @field_validator("environments")
    @classmethod
    def _named(cls, environments: dict[str, EnvironmentModel | None]) -> dict[str, EnvironmentModel | None]:
        if "" in environments:
            raise ValueError("an environment needs a name")
        return environments


def read_settings(path: str, text: str, rules: frozenset[str]) -> Settings:
    """Check a settings file against the known rules; raises SettingsError."""
    try:
        document = read_document(text.removeprefix("\ufeff"))
    except YamlError as error:
        raise SettingsError(f"{path}:{error.line}: {error.message}") from None
    try:
        model = SettingsModel.model_validate({} if document.data is None else document.data)
    except ValidationError as error:
        raise SettingsError(_complaint(path, error, document)) from None
    if unknown := [name for name in model.rules if name not in rules]:
        faults = (
            f"{path}:{document.line_of(('rules', name))}: no rule `{name}`{meant(name, rules)}" for name in unknown
        )
        raise SettingsError("\n".join(faults))
    return _plain(path, model)


def meant(word: str, known: frozenset[str]) -> str:
    """Return ``; did you mean …?`` where a known word is near."""
    near = get_close_matches(word, sorted(known), 1)
    return f"; did you mean `{near[0]}`?" if near else ""


def _complaint(path: str, error: ValidationError, document: Document) -> str:
    return "\n".join(
        f"{path}:{document.line_of(fault['loc'])}: {_said(fault['type'], fault['loc'], fault['msg'])}"
        for fault in error.errors()
    )


def _said(kind: str, place: Place, message: str) -> str:
    name = str(place[-1]) if place else ""
    if kind == "extra_forbidden":
        return f"no key `{name}`{meant(name, _keys_of(place[:-1]))}"
    where = ".".join(str(part) for part in place) + ": " if place else ""
    message = message.removeprefix("Value error, ")
    return f"{where}{message[:1].lower()}{message[1:]}"


def _keys_of(place: Place) -> frozenset[str]:
    models: dict[str, type[BaseModel]] = {"conventions": ConventionsModel, "environments": EnvironmentModel}
    model = models[str(place[0])] if place and place[0] in models else SettingsModel
    return frozenset(field.alias or name for name, field in model.model_fields.items())


def _plain(path: str, model: SettingsModel) -> Settings:
    conventions = model.conventions.model_dump(by_alias=True, exclude_none=True)
    environments = ((name, environment or EnvironmentModel()) for name, environment in model.environments.items())
    return Settings(
        path,
        model.project,
        tuple(model.rules.items()),
        tuple(model.exclude),
        tuple(conventions.items()),
        tuple(
            EnvironmentSettings(
                name,
                tuple(environment.aliases),
                tuple(environment.backend_files),
                tuple(environment.var_files),
                tuple(environment.directories),
                environment.account,
            )
            for name, environment in environments
        ),
    )
