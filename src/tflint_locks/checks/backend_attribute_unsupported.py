"""Backend arguments that no version left by a pin accepts (DOMAIN §1.2)."""

from collections.abc import Callable, Iterator
from functools import partial

from tflint_locks.data.backend_attributes import ATTRIBUTES
from tflint_locks.finding import Match, Related
from tflint_locks.resolve.additions import alignment
from tflint_locks.resolve.model import Configuration, Repository, Setting
from tflint_locks.resolve.phrases import environments_of
from tflint_locks.resolve.tools import certainly_terraform, signs_of_tofu
from tflint_locks.resolve.versions import Pin, accepted, pins, support_of

_TOOLS = {"terraform": "Terraform", "tofu": "OpenTofu"}
_VERSIONED = frozenset(
    name
    for name, argument in ATTRIBUTES.items()
    if argument.terraform != ("1.5", None) or argument.opentofu != ("1.6", None)
)


def check(repository: Repository) -> Iterator[Match]:
    """Yield each argument with the pin that rules it out."""
    tofu = signs_of_tofu(repository)
    for configuration in repository.configurations:
        if configuration.type != "s3" or _VERSIONED.isdisjoint(configuration.settings):
            continue
        found = pins(repository, configuration)
        terraform = partial(certainly_terraform, repository, configuration, tofu)
        for name in sorted(_VERSIONED & configuration.settings.keys()):
            pin = next((ruled for pin in found if (ruled := _ruling_out(name, pin, terraform))), None)
            if pin:
                match = _match(configuration, configuration.settings[name], pin)
                new = _renamed(configuration, configuration.settings[name], pin)
                edits = alignment(repository.tree, match.at, new) if new else ()
                yield match._replace(replacement=new, edits=edits)


def _renamed(configuration: Configuration, setting: Setting, pin: Pin) -> str | None:
    """Return the name that the argument has now, where that is all that changed and it is not given already."""
    new = ATTRIBUTES[setting.name].replaced_by
    if new not in ATTRIBUTES or new in configuration.settings or setting.origin not in ("block", "override", "file"):
        return None
    same = ATTRIBUTES[new].kind == ATTRIBUTES[setting.name].kind
    return new if same and accepted(new, pin) is not False else None


def _ruling_out(name: str, pin: Pin, terraform: Callable[[], bool]) -> Pin | None:
    """Return the pin with the tools for which it rules an argument out, None where it does not.

    A `required_version` speaks of both tools, of Terraform alone where that certainly runs.
    """
    if len(pin.tools) > 1 and accepted(name, pin._replace(tools=("terraform",))) is False and terraform():
        return pin._replace(tools=("terraform",))
    return pin if accepted(name, pin) is False else None


def _match(configuration: Configuration, setting: Setting, pin: Pin) -> Match:
    tool = pin.tools[0]
    return Match(
        setting.name_span,
        {
            "name": setting.name,
            "tool": " and ".join(_TOOLS[tool] for tool in pin.tools),
            "constraint": pin.constraint,
            "since": _since(tool, setting.name),
            "instead": ATTRIBUTES[setting.name].replaced_by,
            "other": pin.span.path,
        },
        (Related(pin.span, "the version is pinned here"),),
        message=_message(tool, setting.name),
        environments=environments_of(configuration),
    )


def _since(tool: str, name: str) -> str:
    support = support_of(tool, name)
    if support is None:
        return ""
    return support.first if support.last is None else support.last


def _message(tool: str, name: str) -> str:
    support = support_of(tool, name)
    if support is None:
        return "never"
    if support.last is None:
        return "default"
    return "removed-for" if ATTRIBUTES[name].replaced_by else "removed"
