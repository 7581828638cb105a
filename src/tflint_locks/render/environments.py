"""The configurations as a table: what terraform uses in each environment, and where each value comes from."""

from collections.abc import Iterable, Iterator, Mapping

from tflint_locks.places import Places
from tflint_locks.record import NamedTuple
from tflint_locks.render.escape import quiet_json, visible, without_secrets
from tflint_locks.resolve.model import Configuration, Repository, Setting
from tflint_locks.resolve.phrases import named, told
from tflint_locks.resolve.rows import table_parts
from tflint_locks.settings import Settings
from tflint_locks.source import Span
from tflint_locks.value import Result, Value, hole, holes, known, literal, shown, split, text_of

NOT_KNOWN = "?"
NONE = "-"
ARN_ACCOUNT = 4
ARN_PARTS = 6
COLUMNS = ("environment", "root module", "bucket", "state key", "region", "lock", "account", "files")
ORIGINS = {
    "block": "backend block",
    "override": "override file",
    "file": "backend file",
    "written": "written by a script",
    "flag": "-backend-config",
    "environment": "environment variable",
}


class Shown(NamedTuple):
    """One cell: its text, and for ``--why`` where it comes from or why it is not known."""

    text: str
    why: tuple[str, ...] = ()
    whole: bool = True  # no part of it is unknown


def environment_lines(repository: Repository, given: tuple[str, ...] = (), *, why: bool) -> Iterator[str]:
    """Yield the table, or with ``why`` a paragraph for each configuration that concerns the paths given."""
    places = Places(repository.tree)
    ordered = _ordered(repository, given)
    if not ordered:
        yield "no configurations: no root module has a backend block, no command and no backend file names one"
    elif why:
        for configuration in ordered:
            yield from _paragraph(configuration, repository, places)
    else:
        yield from _table([[cell.text for cell in _cells(one, repository, places).values()] for one in ordered])


def _ordered(repository: Repository, given: tuple[str, ...]) -> list[Configuration]:
    concerned = (one for one in repository.configurations if _concerns(one, given))
    return sorted(concerned, key=lambda one: (one.project, one.root, one.environment or "", one.anchor))


def _concerns(configuration: Configuration, given: tuple[str, ...]) -> bool:
    """Tell whether a configuration's root module or one of its files lies in or below one of the paths."""
    paths = (configuration.root, *_files(configuration))
    return not given or any(
        not above or path == above or path.startswith(f"{above}/") for path in paths for above in given
    )


def _table(body: list[list[str]]) -> Iterator[str]:
    rows = [[column.upper() for column in COLUMNS], *([visible(text) for text in row] for row in body)]
    widths = [max(len(row[index]) for row in rows) for index in range(len(COLUMNS))]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()


def _paragraph(configuration: Configuration, repository: Repository, places: Places) -> Iterator[str]:
    cells = _cells(configuration, repository, places)
    yield visible(f"{cells['environment'].text}  {cells['root module'].text}")
    for column in COLUMNS[2:]:
        cell = cells[column]
        first, *rest = cell.why or ("",)
        yield visible(f"  {column:<10} {cell.text}{f'  ({first})' if first else ''}")
        yield from (visible(f"  {'':<10}   {line}") for line in rest)
    if not configuration.closed:
        yield visible(f"  open       {'; '.join(configuration.open_reasons) or 'further attributes may be set'}")
    yield from (visible(f"  note       {note}") for note in configuration.notes)
    yield ""


def _cells(configuration: Configuration, repository: Repository, places: Places) -> Mapping[str, Shown]:
    if configuration.type != "s3":
        rest = dict.fromkeys(COLUMNS[3:7], Shown(NONE))
        bucket = Shown(f"({configuration.type or 'no'} backend)")
    else:
        bucket = _attribute(configuration, "bucket", places)
        rest = {
            "state key": _state_key(configuration, places),
            "region": _region(configuration, places),
            "lock": _lock(configuration, places),
            "account": _account(configuration, repository.settings, places),
        }
    return {
        "environment": Shown(configuration.environment or NONE),
        "root module": Shown(configuration.root or "."),
        "bucket": bucket,
        **rest,
        "files": Shown(" ".join(_files(configuration)) or NONE),
    }


def _files(configuration: Configuration) -> list[str]:
    """Return the files a configuration rests on: its block, what its attributes come from, backend and var files."""
    written = [configuration.block] if configuration.block else []
    written += [setting.span for setting in configuration.settings.values()]
    paths = (*(span.path for span in written), *configuration.files, *configuration.var_files)
    return list(dict.fromkeys(path for path in paths if path))


def _region(configuration: Configuration, places: Places) -> Shown:
    cell = _attribute(configuration, "region", places)
    if cell.text == NONE:
        return Shown(NOT_KNOWN, (*cell.why, "AWS_REGION or AWS_DEFAULT_REGION decides where terraform runs"))
    return cell


def _attribute(configuration: Configuration, name: str, places: Places) -> Shown:
    setting = configuration.settings.get(name)
    value = configuration.value(name)
    if setting is None or value is None:
        if configuration.closed:
            return Shown(
                NONE, ("set nowhere" if setting is None else f"empty at {_from(configuration, setting, places)}",)
            )
        return Shown(NOT_KNOWN, configuration.open_reasons or ("further attributes may be set",))
    return Shown(_value(value), (_from(configuration, setting, places), *_unknowns(value, places)), known(value))


def _value(value: Value) -> str:
    return (
        NOT_KNOWN
        if all(shown_part.startswith("<") for shown_part in (shown((piece,)) for piece in value))
        else told(value)
    )


def _from(configuration: Configuration, setting: Setting, places: Places) -> str:
    by_terragrunt = configuration.basis == "terragrunt" and setting.origin == "file"
    origin = "terragrunt's backend" if by_terragrunt else ORIGINS.get(setting.origin, setting.origin)
    return f"{_at(setting.span, places)}, {origin}"


def _at(span: Span, places: Places) -> str:
    return f"{span.path}:{places.position(span.path, span.start).line}" if span.path else "the command line"


def _unknowns(value: Value, places: Places) -> Iterator[str]:
    """Yield why each hole is not known."""
    for gap in holes(value):
        where = f" ({_at(gap.span, places)})" if gap.span else ""
        likely = f"; likely {gap.likely}" if gap.likely else ""
        yield f"{named(gap)} is not known{f': {gap.why}' if gap.why else ''}{where}{likely}"


def _state_key(configuration: Configuration, places: Places) -> Shown:
    """Return the key of the state as it is stored, under its workspace's prefix."""
    cell = _attribute(configuration, "key", places)
    key = configuration.value("key")
    workspace = text_of(configuration.workspace)
    if key is None or workspace == "default":
        return cell
    if workspace is None:
        return Shown(cell.text, (*cell.why, *_unknowns(configuration.workspace, places)), whole=False)
    prefix = configuration.value("workspace_key_prefix") or literal("env:")
    return Shown(f"{told(prefix)}/{workspace}/{told(key)}", (*cell.why, f"workspace {workspace}"), cell.whole)


def _lock(configuration: Configuration, places: Places) -> Shown:
    table = _attribute(configuration, "dynamodb_table", places)
    lockfile = configuration.settings.get("use_lockfile")
    used = text_of(lockfile.value) if lockfile else "false"
    why = table.why
    if lockfile:
        why = (*(() if table.text == NONE else why), f"use_lockfile at {_from(configuration, lockfile, places)}")
    if used in ("true", "1"):
        return Shown(
            "lockfile" if table.text == NONE else f"{_table_name(configuration) or table.text} + lockfile",
            why,
            table.whole,
        )
    if lockfile and used is None:
        return Shown(NOT_KNOWN if table.text == NONE else f"{table.text}, perhaps a lockfile", why, whole=False)
    return Shown("none" if table.text == NONE else _table_name(configuration) or table.text, why, table.whole)


def _table_name(configuration: Configuration) -> str:
    value = configuration.value("dynamodb_table")
    return _value(table_parts(value)[0]) if value else ""


def _account(configuration: Configuration, settings: Settings, places: Places) -> Shown:
    """Return the account that the backend's own attributes state, else the settings."""
    for name, value in _account_sources(configuration):
        setting = configuration.settings[name]
        return Shown(_value(value), (f"{name} at {_from(configuration, setting, places)}",))
    for environment in settings.environments:
        if environment.account and environment.name == configuration.environment:
            return Shown(environment.account, (f"{settings.path}",))
    return Shown(NOT_KNOWN, ("no account id, role or table ARN among the backend's attributes",))


def _account_sources(configuration: Configuration) -> Iterator[tuple[str, Value]]:
    """Yield the attributes that state an account, with it, surest first."""
    allowed = configuration.settings.get("allowed_account_ids")
    if allowed and isinstance(allowed.value, list) and len(allowed.value) == 1 and isinstance(allowed.value[0], tuple):
        yield "allowed_account_ids", allowed.value[0]
    for name in ("role_arn", "assume_role", "dynamodb_table", "kms_key_id"):
        setting = configuration.settings.get(name)
        account = _arn_account(_role(setting.value)) if setting else None
        if account:
            yield name, account


def _role(value: Result) -> Value:
    role = value.get("role_arn") if isinstance(value, dict) else value
    return role if isinstance(role, tuple) else hole("")


def _arn_account(value: Value) -> Value | None:
    parts = split(value, ":", ARN_PARTS - 1)
    return parts[ARN_ACCOUNT] if len(parts) == ARN_PARTS and text_of(parts[0]) == "arn" and parts[ARN_ACCOUNT] else None


def environments_json(repository: Repository, given: tuple[str, ...] = ()) -> str:
    """Return the configurations as JSON: each cell's text with where it comes from."""
    import json

    places = Places(repository.tree)
    listed = [_json_of(one, repository, places) for one in _ordered(repository, given)]
    whole = {"version": 1, "environments": list(repository.environments), "configurations": listed}
    return quiet_json(without_secrets(json.dumps(whole, indent=2)))


def _json_of(configuration: Configuration, repository: Repository, places: Places) -> dict[str, object]:
    cells = _cells(configuration, repository, places)
    columns: Iterable[str] = COLUMNS[2:7]
    return {
        "project": configuration.project,
        "environment": configuration.environment,
        "root": configuration.root or ".",
        "type": configuration.type,
        "basis": configuration.basis,
        "closed": configuration.closed,
        "open_reasons": list(configuration.open_reasons),
        "workspace": text_of(configuration.workspace),
        **{
            column.replace(" ", "_"): {
                "value": None if cells[column].text in (NONE, NOT_KNOWN) else cells[column].text,
                "known": cells[column].whole and cells[column].text != NOT_KNOWN,
                "why": list(cells[column].why),
            }
            for column in columns
        },
        "files": list(configuration.files),
        "var_files": list(configuration.var_files),
        "notes": list(configuration.notes),
    }
