"""The output formats by name; each is imported only where it is asked for."""

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import TypeAlias

from tflint_locks.finding import Report
from tflint_locks.render.view import View

Render: TypeAlias = Callable[[Report, View], Iterable[str]]
# The module of a format and its function.
FORMATS: Mapping[str, tuple[str, str]] = {
    "text": ("text", "lines"),
    "concise": ("concise", "lines"),
    "json": ("json", "lines"),
    "sarif": ("sarif", "lines"),
    "github": ("github", "lines"),
    "gitlab": ("gitlab", "lines"),
    "azure": ("azure", "lines"),
    "junit": ("xml", "junit_lines"),
    "checkstyle": ("xml", "checkstyle_lines"),
    "rdjson": ("rdjson", "lines"),
    "markdown": ("markdown", "lines"),
}


def render(name: str, report: Report, view: View) -> Iterable[str]:
    """Return the lines of a report in a format."""
    module, function = FORMATS[name]
    made: Render = getattr(import_module(f"tflint_locks.render.{module}"), function)
    return made(report, view)
