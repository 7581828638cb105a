"""Directories whose primary files declare more than one backend (DOMAIN §2.1)."""

from collections.abc import Iterator

from tflint_locks.finding import Match, Related
from tflint_locks.resolve.drafts import header
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.modules import Declared, Module
from tflint_locks.resolve.phrases import listed


def check(repository: Repository) -> Iterator[Match]:
    """Yield every backend after the first, and a ``cloud`` block beside one."""
    by_terraform = {one.root for one in repository.configurations if one.tool == "terraform"}
    for module in repository.modules.values():
        yield from _doubled(module)
        if module.plain and module.directory in by_terraform:
            yield from _doubled(module.plain)


def _doubled(module: Module) -> Iterator[Match]:
    if not _is_module(module):
        return
    for second in module.backends[1:]:
        yield _match(module, module.backends[0], second, "default")
    if module.backends and module.remote and module.override is None:
        yield _match(module, module.backends[0], module.remote, "cloud")


def _is_module(module: Module) -> bool:
    """Tell a module from a folder of snippets, which has nothing but terraform blocks and is never run."""
    return bool(
        module.resources or module.data or module.calls or module.providers or module.variables or module.outputs
    )


def _match(module: Module, first: Declared, second: Declared, message: str) -> Match:
    earlier = header(first)
    kinds = [f"`{one.block.labels[0].text}`" for one in (first, second) if one.block.labels]
    words = {"directory": f"`{module.directory}`" if module.directory else "the root directory", "kinds": listed(kinds)}
    return Match(
        header(second),
        {**words, "other": earlier.path},
        (Related(earlier, "the backend declared first"),),
        message=message,
    )
