"""What a name says a value is for: a lock table, a state bucket, a state key. Knows names, not values."""

from collections.abc import Iterable
from functools import lru_cache

from tflint_locks.resolve.words import environment_words, fold, singular, words

LOCK_TABLE = "lock-table"
STATE_BUCKET = "state-bucket"

_ENDINGS = frozenset({"name", "arn", "id"})
_TERRAFORM = frozenset({"terraform", "tf", "tfstate", "remote", "backend", "tofu", "opentofu", "terragrunt"})
_OWN = (_TERRAFORM - {"remote"}) | {"tflock"}
_STATE = frozenset({"state", "tfstate", "statefile", "tfstates", "states"})
_LOCK = frozenset({"lock", "locks", "locking", "lockid", "tflock", "tflocks", "lockfile"})


def _name_words(name: str) -> list[str]:
    """Split an identifier into words, camel case too; endings that say *name* or *arn* are dropped."""
    found = [singular(word) for word in words(name if name.islower() else _spaced(name))]
    while found and found[-1] in _ENDINGS:
        found.pop()
    return found


def _spaced(name: str) -> str:
    return "".join(f"_{c}" if c.isupper() and i and name[i - 1].islower() else c for i, c in enumerate(name))


@lru_cache(maxsize=8192)
def role_of_name(name: str) -> str | None:
    """Return the role a variable, argument or setting name gives its value; None where it says too little."""
    found = _name_words(name)
    present = set(found)
    if not found:
        return None
    if found[-1] in ("table", "dynamodb", "lock", "locktable") and _is_lock_table(present):
        return LOCK_TABLE
    if found[-1] in ("bucket", "s3") and present & _STATE and (present & _TERRAFORM or len(present - {"s3"}) == 2):  # noqa: PLR2004
        return STATE_BUCKET
    if found[-1] in _STATE and "bucket" in present and present & _TERRAFORM:
        return STATE_BUCKET
    return None


# A setting's own name where only what it stands in says whose it is.
_PLAIN_KEYS = {"bucket": STATE_BUCKET, "dynamodb_table": LOCK_TABLE, "lock_table": LOCK_TABLE, "table": LOCK_TABLE}


def role_of_setting(way: str) -> str | None:
    """Return the role of a setting by its own name, else by a plain name inside the settings of a backend."""
    leaf = way.rpartition(".")[2]
    own = role_of_name(leaf)
    return own if own or not is_backend_setting(way) else _PLAIN_KEYS.get(leaf)


def is_backend_setting(way: str) -> bool:
    """Tell whether a setting stands in those of Terraform's backend: ``staging.terraform_backend.key``."""
    above = set(_name_words(way.rpartition(".")[0].rpartition(".")[2]))
    says_state = bool(above & {"backend", "state", "tfstate"})
    return says_state and bool(above & {"terraform", "tf", "tofu", "remote", "tfstate"})


def _is_lock_table(present: set[str]) -> bool:
    table = bool(present & {"table", "dynamodb", "dynamo", "ddb", "locktable"})
    if present & _LOCK or "locktable" in present:
        return table and ("table" in present or bool(present & (_STATE | _TERRAFORM)) or "locktable" in present)
    return (
        table and bool(present & (_STATE | {"tfstate", "terraform"})) and bool(present & {"dynamodb", "dynamo", "ddb"})
    )


def says_terraform(name: str) -> bool:
    """Tell whether a name has one of Terraform's own words; ``remote`` and ``state`` are an application's too."""
    return bool({word for part in name.split(".") for word in _name_words(part)} & _OWN)


def names_lock_table(name: str) -> bool:
    """Tell whether a table's own name (or its resource's) says that it holds Terraform locks."""
    present = set(words(name))
    return bool(present & _LOCK) and bool(present & (_TERRAFORM | _STATE))


def names_terraform_locks(name: str) -> bool:
    """Tell whether a table's own name says lock and Terraform; ``state-lock`` may be an application's."""
    present = set(words(name))
    return bool(present & _LOCK) and bool(present & (_TERRAFORM - {"remote", "backend"}))


# Words of buckets that stand beside a state bucket: for its access logs, its copies.
_BESIDE = frozenset("log logs logging replica replicas replication dr backup backups failover inventory".split())


def names_state_bucket(name: str) -> bool:
    """Tell whether a bucket's own name (or its resource's) says that it holds Terraform state."""
    present = set(words(name))
    if present & _BESIDE:
        return False
    return "tfstate" in present or "tfstates" in present or (bool(present & _STATE) and bool(present & _TERRAFORM))


# Words of a variable's name that say nothing of whose table or bucket it is.
_PLAIN = (
    _TERRAFORM
    | _STATE
    | _LOCK
    | frozenset(
        "var local name arn id table dynamodb dynamo ddb bucket s3 aws default my the this env environment resource "
        "iam ci cd oidc github deploy deployment store storage sse project app infra infrastructure main".split()
    )
)


def qualifiers(name: str, environments: Iterable[str]) -> frozenset[str]:
    """Return the words of a name that say whose it is: ``network`` in ``network_state_bucket``, never an environment.

    ``remote`` counts as one: a remote state is another project's as often as not.
    """
    found = {singular(word) for part in name.split(".") for word in _name_words(part)}
    known = {fold(environment) for environment in environments}
    return frozenset(
        word for word in found if (word not in _PLAIN or word == "remote") and not environment_words(word, known)
    )
