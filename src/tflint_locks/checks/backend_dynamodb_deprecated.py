"""Lock tables in DynamoDB where the pinned Terraform has deprecated them."""

from collections.abc import Iterator

from tflint_locks.finding import Edit, Match, Related
from tflint_locks.resolve.additions import line_below
from tflint_locks.resolve.model import Configuration, Repository, Setting
from tflint_locks.resolve.phrases import environments_of, quoted
from tflint_locks.resolve.tools import certainly_terraform, signs_of_tofu
from tflint_locks.resolve.versions import Pin, left_by, pins
from tflint_locks.tree import Tree
from tflint_locks.value import text_of

_DEPRECATED = (1, 11, 0)
_HCL = (".tf", ".tofu", ".hcl", ".tfbackend", ".conf")


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each `dynamodb_table` that is used by a Terraform certainly of 1.11 or later."""
    tofu = signs_of_tofu(repository)
    for configuration in repository.configurations:
        table = configuration.value("dynamodb_table")
        if configuration.type != "s3" or table is None or not configuration.closed or _has_lockfile(configuration):
            continue
        pin = next((pin for pin in pins(repository, configuration) if _is_late(pin)), None)
        if pin and certainly_terraform(repository, configuration, tofu):
            setting = configuration.settings["dynamodb_table"]
            edit = _repair(repository.tree, setting)
            yield Match(
                setting.name_span,
                {"table": quoted(table), "constraint": pin.constraint},
                (Related(pin.span, "the version is pinned here"),),
                environments=environments_of(configuration),
                edits=(edit,) if edit else (),
            )


def _repair(tree: Tree, setting: Setting) -> Edit | None:
    """Return the lock file put beside the table: both are taken until nobody locks in the table alone."""
    if setting.origin not in ("block", "override", "file") or not setting.name_span.path.endswith(_HCL):
        return None
    return line_below(tree, setting.name_span, "use_lockfile", "true")


def _has_lockfile(configuration: Configuration) -> bool:
    """Tell whether a lock file is used beside the table, which is the way from one to the other, or may be."""
    setting = configuration.settings.get("use_lockfile")
    return setting is not None and text_of(setting.value) not in ("false", "0")


def _is_late(pin: Pin) -> bool:
    """Tell whether all versions a pin leaves have deprecated the argument."""
    versions = left_by(pin.constraint)
    return "terraform" in pin.tools and bool(versions) and min(versions) >= _DEPRECATED
