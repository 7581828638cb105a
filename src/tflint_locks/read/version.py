"""Files that pin a tool's version: ``.terraform-version``, ``.tool-versions``, ``mise.toml``, those of tfswitch."""

import re

from tflint_locks.facts import ToolVersion
from tflint_locks.regex import regex
from tflint_locks.source import Span

_SINGLE = {
    ".terraform-version": "terraform",
    ".tfswitchrc": "terraform",
    ".opentofu-version": "tofu",
    ".terragrunt-version": "terragrunt",
    ".tgswitchrc": "terragrunt",
}
_TOOLS = {"terraform": "terraform", "opentofu": "tofu", "tofu": "tofu", "terragrunt": "terragrunt"}
_ASDF = regex(r"^[ \t]*(terraform|opentofu|tofu|terragrunt)[ \t]+([^\s#]+)", re.MULTILINE)
_MISE = regex(
    r"""^[ \t]*"?(?:[a-z]+:)?(?:[\w-]+/)?(terraform|opentofu|tofu|terragrunt)"?[ \t]*=[ \t]*"""
    r"""(?:\{[^}\n]*?version[ \t]*=[ \t]*)?\[?[ \t]*(["'])([^"'\n]*)\2""",
    re.MULTILINE,
)
_SWITCH = regex(r"""^[ \t]*version[ \t]*=[ \t]*(["'])([^"'\n]*)\1""", re.MULTILINE)
_PRODUCT = regex(r"""^[ \t]*product[ \t]*=[ \t]*["']opentofu["']""", re.MULTILINE | re.IGNORECASE)
_VERSION = regex(r"^[ \t]*v?(\d[\w.+-]*|latest[\w:.^-]*)", re.MULTILINE)


def read_version(path: str, text: str) -> tuple[ToolVersion, ...]:
    """Read a file of pinned versions; nothing for a file of another name."""
    folder, _, name = path.rpartition("/")
    if name in _SINGLE:
        found = _VERSION.search(text)
        return (ToolVersion(_SINGLE[name], found[1], folder, Span(path, *found.span(1))),) if found else ()
    if name == ".tool-versions":
        matches = [(found[1], found[2], found.span(2)) for found in _ASDF.finditer(text)]
    elif name.endswith("mise.toml"):
        matches = [(found[1], found[3], found.span(3)) for found in _MISE.finditer(text)]
    elif name == ".tfswitch.toml":
        tool = "tofu" if _PRODUCT.search(text) else "terraform"
        matches = [(tool, found[2], found.span(2)) for found in _SWITCH.finditer(text)][:1]
    else:
        matches = []
    return tuple(ToolVersion(_TOOLS[tool], version, folder, Span(path, *span)) for tool, version, span in matches)
