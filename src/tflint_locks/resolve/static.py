"""What OpenTofu knows when it evaluates a backend: the variables of the init itself (DOMAIN §3.1, §3.2)."""

from tflint_locks.record import replaced
from tflint_locks.resolve.configurations import given_for, is_plain_var_file, loaded_var_files, var_files_of
from tflint_locks.resolve.drafts import Draft, Workshop
from tflint_locks.resolve.folders import below
from tflint_locks.resolve.scope import Given
from tflint_locks.value import Literal, Value

_VAR_FILES = (".tfvars", ".tfvars.json")


def static_given(shop: Workshop, draft: Draft) -> Given:
    """Return what is set for a backend's expressions; an init without var files may be given any that lies there."""
    init = draft.invocation
    asked = replaced(draft, followers=(init,) if init else ())
    named, unknown = var_files_of(shop, asked)
    unknown = unknown or bool(init and init.unknown) or _may_write_var_files(shop)
    given = given_for(shop, draft.root, named, unknown=unknown, draft=asked)
    given.static = True
    if not named:
        given.unsettled |= _settable(shop, draft.root)
    return given


def _settable(shop: Workshop, root: str) -> frozenset[str]:
    """Return the variables that a var file below a root module sets which nobody names."""
    loaded = loaded_var_files(shop, root)
    return frozenset(
        attribute.name
        for path in below(shop.assigned, root)
        if path not in loaded and is_plain_var_file(path, shop.program.modules)
        for attribute in shop.reading.assignments[path].attributes
    )


def _may_write_var_files(shop: Workshop) -> bool:
    """Tell whether a script writes a var file: what stands in it nobody has read."""
    return any(_is_var_file(item.path) for file in shop.reading.scripts.values() for item in file.written)


def _is_var_file(path: Value) -> bool:
    last = path[-1] if path else None
    return isinstance(last, Literal) and last.text.endswith(_VAR_FILES)
