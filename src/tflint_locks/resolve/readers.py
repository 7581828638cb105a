"""Who reads a state: the ``terraform_remote_state`` data sources of a module, as one deployment evaluates them."""

from collections.abc import Iterator

from tflint_locks.hcl import Attribute
from tflint_locks.resolve.model import Reader
from tflint_locks.resolve.modules import Declared, argument, blocks
from tflint_locks.resolve.placeholders import with_holes
from tflint_locks.resolve.scope import Instance, attribute_of, elements, evaluate_at
from tflint_locks.source import Span
from tflint_locks.value import Result, Value, holes, literal, text_of

REMOTE_STATE = "terraform_remote_state"


def readers_of(instance: Instance, project: str | None, root: str, environment: str | None) -> Iterator[Reader]:
    """Yield the remote states of one module, once for each element that ``count`` or ``for_each`` makes."""
    for (kind, name), declared in instance.module.data.items():
        if kind != REMOTE_STATE:
            continue
        for each in elements(instance, declared):
            backend = text_of(attribute_of(instance, declared, "backend", each))
            if backend:
                where = Span(declared.path, declared.block.start, declared.block.header_end)
                workspace = attribute_of(instance, declared, "workspace", each)
                yield Reader(
                    name,
                    backend,
                    _settings(instance, declared, each),
                    workspace if isinstance(workspace, tuple) and workspace else literal("default"),
                    where,
                    root,
                    project,
                    environment,
                    conditional=any(any(holes(value)) for value in each.values() if isinstance(value, tuple)),
                )


def _settings(instance: Instance, declared: Declared, each: dict[str, Result]) -> dict[str, Value]:
    """Return the scalars of ``config``, which Terraform before 0.12 also took as a block."""
    config = attribute_of(instance, declared, "config", each)
    found = config if isinstance(config, dict) else {}
    for block in blocks(declared.block, "config") if argument(declared, "config") is None else ():
        for item in block.items:
            if isinstance(item, Attribute):
                found[item.name] = evaluate_at(instance, declared.path, item.value_start, item.value_end, each)
    return {name: with_holes(value) for name, value in found.items() if isinstance(value, tuple)}
