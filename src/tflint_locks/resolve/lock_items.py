"""Lock items: the ``LockID`` that each backend writes, and those that nothing writes.

Also which configurations count where a document or a command is compared with what is known.
"""

from collections.abc import Iterable

from tflint_locks.record import NamedTuple, replaced
from tflint_locks.resolve.kin import kin, kindred_keys, named_environments
from tflint_locks.resolve.model import Configuration
from tflint_locks.resolve.pairs import state_key
from tflint_locks.resolve.roles import LOCK_TABLE
from tflint_locks.resolve.used import used
from tflint_locks.resolve.words import fold, is_placeholder, near, words
from tflint_locks.source import Span
from tflint_locks.value import compare, known, literal, text_of

# Accounts that documents use for any.
EVERYBODYS = frozenset({"000000000000", "123456789012", "111122223333", "444455556666"})
# Words of names that everybody replaces.
STAND_INS = EVERYBODYS | frozenset(
    "my your our example examples sample foo bar company mycompany yourcompany org myorg yourorg organization "
    "unique placeholder name local localstack mock dummy test tests xxx demo myapp yourapp myproject "
    "yourproject".split()
)


def settled(configurations: Iterable[Configuration]) -> list[Configuration]:
    """Return the S3 configurations without the open ones that have a closed twin: documents follow what is known.

    Where a file does not parse, the lock table that it names is still the one that is meant.
    """
    found = [_as_meant(one) for one in configurations if one.type == "s3"]
    closed = {(one.root, one.environment) for one in found if one.closed}
    return [one for one in found if one.closed or (one.root, one.environment) not in closed]


def _as_meant(configuration: Configuration) -> Configuration:
    table = configuration.value("dynamodb_table")
    faults = [reason for reason in configuration.open_reasons if reason.endswith("does not parse")]
    if configuration.closed or table is None or not known(table) or len(faults) < len(configuration.open_reasons):
        return configuration
    return replaced(configuration, closed=True)


class Item(NamedTuple):
    """The lock item of a configuration's state in its default workspace, or its only one; where its key stands.

    ``spread`` is true where the workspace is not known: the item may have a workspace's folders before the key.
    """

    bucket: str
    key: str
    span: Span
    environment: str | None
    spread: bool


def unwritten(
    configurations: Iterable[Configuration], lock_id: str, table: str | None, environments: Iterable[str]
) -> list[tuple[str, Span]]:
    """Return what a LockID should be where it names a state that nothing writes, each with the place of its key.

    Nothing is returned where it may be right: for a state of another table or project, for one that is not known,
    and for placeholders. Of several that may be meant, those of the environment it names.
    """
    bucket, _, key = lock_id.removesuffix("-md5").partition("/")
    if not key or key.startswith("env:") or is_stand_in(lock_id):
        return []
    items = [item_of(one) for one in configurations if one.type == "s3" and _may_lock_in(one, table)]
    known_items = [item for item in items if item is not None]
    if len(known_items) < len(items) or any(may_be_item(bucket, key, item) for item in known_items):
        return []
    meant = [item for item in known_items if _is_akin(bucket, key, item, environments)]
    named = named_environments(lock_id)
    mine = [item for item in meant if fold(item.environment or "") in named] or meant
    suffix = "-md5" if lock_id.endswith("-md5") else ""
    return list({f"{item.bucket}/{item.key}{suffix}": item.span for item in mine}.items())


def is_stand_in(text: str) -> bool:
    """Tell whether a text is a placeholder or has a word that everybody replaces."""
    return is_placeholder(text) or bool(set(words(text)) & STAND_INS) or "path/to" in text


def _may_lock_in(configuration: Configuration, table: str | None) -> bool:
    mine = used(configuration, LOCK_TABLE)
    if table is None:
        return True
    return not configuration.closed or (mine is not None and compare(mine.name, literal(table)) is not False)


def item_of(configuration: Configuration) -> Item | None:
    """Return the lock item of a closed configuration, None where bucket or key are not known."""
    bucket, plain = text_of(configuration.value("bucket")), text_of(configuration.value("key"))
    if bucket is None or plain is None or not configuration.closed:
        return None
    written = state_key(configuration)
    key = text_of(written) if written else None
    span = configuration.settings["key"].span
    return Item(bucket, key or plain, span, configuration.environment, key is None)


def may_be_item(bucket: str, key: str, item: Item) -> bool:
    """Tell whether a bucket and key are, or in some workspace may be, a configuration's."""
    return bucket == item.bucket and (key == item.key or (item.spread and key.endswith(f"/{item.key}")))


def _is_akin(bucket: str, key: str, item: Item, environments: Iterable[str]) -> bool:
    if bucket == item.bucket:
        return kindred_keys(key, item.key) or near(key, item.key, environments)
    return kin(bucket, item.bucket, environments) and kindred_keys(f"{bucket} {key}", f"{item.bucket} {item.key}")
