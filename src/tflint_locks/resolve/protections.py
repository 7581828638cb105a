"""What protects a lock table or state bucket: its own arguments, the resources beside it, and what cannot be read.

An answer is True, False, or None where anything that is not known may protect it; a rule speaks on False alone.
"""

import posixpath
from collections.abc import Iterator, Mapping

from tflint_locks.facts import ScriptFile
from tflint_locks.finding import Match, Related
from tflint_locks.hcl import Attribute, Block
from tflint_locks.record import NamedTuple
from tflint_locks.resolve.model import Definition, Repository, Trait
from tflint_locks.resolve.modules import Declared, Module, argument, called_directory, calls
from tflint_locks.resolve.phrases import quoted
from tflint_locks.resolve.roles import LOCK_TABLE, STATE_BUCKET
from tflint_locks.resolve.scope import Instance, elements, evaluate_at, scalar, value_of
from tflint_locks.resolve.used import all_used
from tflint_locks.source import Source, Span
from tflint_locks.tree import text_in
from tflint_locks.value import Result, compare, known, span_of, text_of

COMPANIONS = {
    "aws_s3_bucket_versioning": "versioning",
    "aws_s3_bucket_server_side_encryption_configuration": "encryption",
    "aws_s3_bucket_public_access_block": "public-access-block",
    "aws_s3_bucket_acl": "private",
}
_BLOCKS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
_PUBLIC = ("public-read", "public-read-write", "website")
_TRUE = ("true", "1")
# Words by which a script, or anything else that is not read, may say that it sets a protection.
_WORDS: Mapping[str, tuple[str, ...]] = {
    "versioning": ("versioning",),
    "encryption": ("encryption",),
    "public-access-block": ("public-access-block", "publicaccessblock", "public_access_block"),
    "private": (),
    "transport": ("securetransport",),
    "deletion-protection": ("deletion-protection", "deletionprotection"),
    "recovery": ("continuous-backups", "pointintimerecovery", "continuous_backups"),
    "prevent-destroy": (),
}


class Answer(NamedTuple):
    """Whether a protection holds, and where it is said that it does not."""

    holds: bool | None
    span: Span | None = None


def may_be_none(each: Mapping[str, Result]) -> bool:
    """Tell whether the bindings of an element are those of a ``count`` or ``for_each`` that is not known."""
    chosen = (each.get(name) for name in ("each.key", "count.index"))
    return any(isinstance(value, tuple) and not known(value) for value in chosen)


# ---------------------------------------------------------------- what Terraform's files say


class _Block(NamedTuple):
    """A block of a resource as one element has it."""

    instance: Instance
    path: str
    block: Block
    each: Mapping[str, Result]


def traits_of(instance: Instance, declared: Declared, each: Mapping[str, Result]) -> Iterator[Trait]:
    """Yield what the arguments of a bucket or table say of its protection."""
    here = _Block(instance, declared.path, declared.block, each)
    overlaid = bool(declared.overlays)
    found = _bucket_traits(here) if declared.block.labels[0].text == "aws_s3_bucket" else _table_traits(here)
    for trait in found:
        yield trait._replace(holds=None) if overlaid and not trait.holds else trait


def _bucket_traits(here: _Block) -> Iterator[Trait]:
    yield _inner(here, "versioning", "versioning", "enabled")
    encrypted = _has(here, "server_side_encryption_configuration")
    yield Trait("encryption", encrypted, _header(here))
    yield Trait("public-access-block", False, _header(here))  # noqa: FBT003 (a bucket has no such argument)
    yield _private(here, "acl")


def _table_traits(here: _Block) -> Iterator[Trait]:
    yield _flag(here, "deletion-protection", _attribute(here, "deletion_protection_enabled"))
    yield _inner(here, "recovery", "point_in_time_recovery", "enabled")
    yield _inner(here, "prevent-destroy", "lifecycle", "prevent_destroy")


def _header(here: _Block) -> Span:
    return Span(here.path, here.block.start, here.block.header_end)


def _attribute(here: _Block, name: str) -> Result:
    for item in here.block.items:
        if isinstance(item, Attribute) and item.name == name:
            return evaluate_at(here.instance, here.path, item.value_start, item.value_end, here.each)
    return None


def _has(here: _Block, name: str) -> bool | None:
    """Tell whether a block has another inside it; it may where it is made for what is not known."""
    kinds = [item for item in here.block.items if isinstance(item, Block)]
    if any(item.type == name for item in kinds):
        return True
    return (
        None if any(item.type == "dynamic" and item.labels and item.labels[0].text == name for item in kinds) else False
    )


def _flag(here: _Block, name: str, value: Result) -> Trait:
    text = text_of(value)
    place = (span_of(value) if isinstance(value, tuple) else None) or _header(here)
    return Trait(name, None if value is not None and text is None else text in _TRUE, place)


def _inner(here: _Block, name: str, kind: str, attribute: str) -> Trait:
    """Return the trait that an attribute of an inner block states."""
    for item in here.block.items:
        if isinstance(item, Block) and item.type == kind:
            return _flag(here, name, _attribute(here._replace(block=item), attribute))
    return Trait(name, None if _has(here, kind) is None else False, _header(here))


def _private(here: _Block, attribute: str) -> Trait:
    value = _attribute(here, attribute)
    text = text_of(value)
    place = (span_of(value) if isinstance(value, tuple) else None) or _header(here)
    return Trait("private", None if value is not None and text is None else text not in _PUBLIC, place)


def companions_of(instance: Instance) -> Iterator[Trait]:
    """Yield the protections that resources of a module instance give to buckets."""
    for (kind, _), declared in instance.module.resources.items():
        name = COMPANIONS.get(kind)
        named = argument(declared, "bucket") if name else None
        if name is None or named is None:
            continue
        for each in elements(instance, declared):
            bucket = scalar(value_of(instance, named, each))
            trait = _companion(_Block(instance, declared.path, declared.block, each), name)
            unsure = bool(declared.overlays) or may_be_none(each) or bucket is None
            yield trait._replace(of=bucket or (), holds=None if unsure else trait.holds)


def _companion(here: _Block, name: str) -> Trait:
    if name == "versioning":
        return _status(here)
    if name == "encryption":
        return Trait(name, True, _header(here))  # noqa: FBT003 (a bucket is encrypted by any such resource)
    return _private(here, "acl") if name == "private" else _blocked(here)


def _status(here: _Block) -> Trait:
    for item in here.block.items:
        if isinstance(item, Block) and item.type == "versioning_configuration":
            value = _attribute(here._replace(block=item), "status")
            text = text_of(value)
            place = (span_of(value) if isinstance(value, tuple) else None) or _header(here)
            return Trait("versioning", None if text is None else text == "Enabled", place)
    return Trait("versioning", None, _header(here))


def _blocked(here: _Block) -> Trait:
    """Return whether all four kinds of public access are blocked."""
    parts = [_flag(here, "public-access-block", _attribute(here, name)) for name in _BLOCKS]
    weak = [part for part in parts if not part.holds]
    return next((part for part in weak if part.holds is False), weak[0] if weak else parts[0])


# ---------------------------------------------------------------- answers


def holding(repository: Repository, kind: str) -> Iterator[Definition]:
    """Yield the tables or buckets that certainly hold locks or state and are certainly made by the repository."""
    role = LOCK_TABLE if kind == "table" else STATE_BUCKET
    names = [one.name for one in all_used(repository.configurations, role)]
    seen: set[Span] = set()
    for definition in repository.definitions:
        if definition.kind != kind or definition.source not in ("resource", "template", "command"):
            continue
        certain = bool(definition.proven) or any(compare(name, definition.name) is True for name in names)
        if certain and definition.header not in seen:
            seen.add(definition.header)
            yield definition


def protected(repository: Repository, definition: Definition, name: str) -> Answer:
    """Tell whether a protection holds for a table or bucket."""
    own = [trait for trait in definition.traits if trait.name == name]
    beside = [trait for trait in repository.companions if trait.name == name]
    meant = [trait for trait in beside if not trait.of or compare(trait.of, definition.name) is not False]
    every = [*own, *(_judged(trait, definition) for trait in meant)]
    if any(trait.holds for trait in every):
        return Answer(True)  # noqa: FBT003 (the answer itself)
    if any(trait.holds is None for trait in every) or _may_be_elsewhere(repository, definition, name):
        return Answer(None)
    refused = next((trait.span for trait in every if trait.span != definition.header), None)
    return Answer(False, refused)  # noqa: FBT003 (the answer itself)


def refused(repository: Repository, definition: Definition, name: str) -> Span | None:
    """Return where it is certainly said that a protection does not hold, None where nothing says so."""
    own = [trait for trait in definition.traits if trait.name == name]
    beside = [trait for trait in repository.companions if trait.name == name]
    found = [*own, *(trait for trait in beside if trait.of and compare(trait.of, definition.name) is True)]
    return next((trait.span for trait in found if trait.holds is False and trait.span != definition.header), None)


def unprotected(repository: Repository, name: str, index: int) -> Iterator[Match]:
    """Yield one match for each state bucket that certainly lacks a protection; ``index`` as in ``missing_at``."""
    for bucket in holding(repository, "bucket"):
        answer = protected(repository, bucket, name)
        if answer.holds is False:
            yield bucket_match(bucket, answer.span, index)


def bucket_match(bucket: Definition, place: Span | None, index: int, message: str = "default") -> Match:
    """Return the match of a state bucket: at the place that refuses a protection, else where one would be added."""
    return Match(
        place or shown_at(bucket),
        {"bucket": quoted(bucket.name)},
        (Related(bucket.header, "the bucket is made here"),) if place else (),
        cause=place or missing_at(bucket, index),
        message=message,
        environments=(bucket.environment,) if bucket.environment else (),
    )


def shown_at(definition: Definition) -> Span:
    """Return where a protection is missed: at the name where it is written in what makes the table or bucket."""
    span, header = definition.span, definition.header
    return span if span.path == header.path and span.start >= header.start else header


def missing_at(definition: Definition, index: int) -> Span:
    """Return where a protection would be added: each has a place of its own, so that one does not hide another."""
    header = definition.header
    at = min(header.start + index, header.end)
    return Span(header.path, at, at)


def _judged(trait: Trait, definition: Definition) -> Trait:
    """Return a companion's trait, not known where it may be another bucket's."""
    certain = bool(trait.of) and compare(trait.of, definition.name) is True
    return trait if certain else trait._replace(holds=None)


def _may_be_elsewhere(repository: Repository, definition: Definition, name: str) -> bool:
    """Tell whether something that is not read may protect: a script that speaks of it, a module from elsewhere."""
    words = _WORDS[name]
    scripts = (path for path, fact in repository.facts.items() if isinstance(fact, ScriptFile))
    if any(word in text for path in scripts for text in [_lowered(repository, path)] for word in words):
        return True
    if definition.source == "resource":
        return _calls_unread(repository, posixpath.dirname(definition.header.path))
    return False


def _lowered(repository: Repository, path: str) -> str:
    return text_in(repository.tree, path).lower()


def _calls_unread(repository: Repository, directory: str) -> bool:
    """Tell whether a module, or one that calls it, gives something of a bucket or table to a module from elsewhere."""
    around = [directory, *_callers(repository, directory)]
    modules = (repository.modules[name] for name in around if name in repository.modules)
    return any(_is_unread(repository, module, call) for module in modules for call in module.calls.values())


def _callers(repository: Repository, directory: str) -> Iterator[str]:
    def text(path: str) -> str:
        return text_in(repository.tree, path)

    seen, stack = {directory}, [directory]
    while stack:
        target = stack.pop()
        for name, module in repository.modules.items():
            if name not in seen and any(called == target for _, called in calls(module, text)):
                seen.add(name)
                stack.append(name)
                yield name


def _is_unread(repository: Repository, module: Module, call: Declared) -> bool:
    source = argument(call, "source")
    found = repository.tree.text(call.path)
    if source is None or not isinstance(found, Source):
        return True
    written = found.text[source.attribute.value_start : source.attribute.value_end].strip('"')
    if called_directory(module.directory, written) in repository.modules:
        return False
    body = found.text[call.block.start : call.block.end].lower()
    return any(word in body for word in ("bucket", "s3", "table", "dynamodb", "state"))
