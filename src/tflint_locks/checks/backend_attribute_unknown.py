"""Arguments and blocks that the S3 backend never had."""

from collections.abc import Iterator

from tflint_locks.data.backend_attributes import ATTRIBUTES
from tflint_locks.finding import Match, Related
from tflint_locks.resolve.additions import alignment
from tflint_locks.resolve.meant import argument_meant
from tflint_locks.resolve.model import Configuration, Repository, Setting
from tflint_locks.resolve.phrases import environments_of, root_of


def check(repository: Repository) -> Iterator[Match]:
    """Yield each attribute or block once, however many configurations it reaches."""
    seen = set()
    for configuration in repository.configurations:
        for setting in configuration.layers if configuration.type == "s3" else ():
            if setting.name_span not in seen and (setting.fault == "block" or setting.name not in ATTRIBUTES):
                seen.add(setting.name_span)
                match = _match(configuration, setting)
                edits = alignment(repository.tree, match.at, match.replacement) if match.replacement else ()
                yield match._replace(edits=edits)


def _match(configuration: Configuration, setting: Setting) -> Match:
    meant = argument_meant(setting.name)
    return Match(
        setting.name_span,
        {
            "name": setting.name,
            "meant": meant or "",
            "root": root_of(configuration),
            "where": _where(configuration, setting),
        },
        _block(configuration, setting),
        message=_message(setting, meant),
        environments=environments_of(configuration),
        replacement=meant
        if meant and setting.origin in ("block", "override", "file", "written") and setting.fault != "block"
        else None,
    )


def _message(setting: Setting, meant: str | None) -> str:
    if setting.fault == "block":
        return (
            "block-of-argument"
            if setting.name in ATTRIBUTES
            else "wrapped"
            if setting.name in ("terraform", "backend")
            else "block"
        )
    if "." in setting.name and setting.name.partition(".")[0] in ATTRIBUTES:
        return "dotted"
    return "near" if meant else "default"


def _where(configuration: Configuration, setting: Setting) -> str:
    path = setting.name_span.path
    if configuration.basis == "terragrunt" and setting.origin != "flag":
        return f"the Terragrunt backend in {path}"
    written = setting.origin == "written"
    places = {"block": "the backend block", "override": "the override's backend block", "flag": "`-backend-config`"}
    return places.get(setting.origin, f"the backend that {path} writes" if written else f"the backend file {path}")


def _block(configuration: Configuration, setting: Setting) -> tuple[Related, ...]:
    if configuration.block is None or setting.origin in ("block", "override"):
        return ()
    return (Related(configuration.block, "the backend that is given it"),)
