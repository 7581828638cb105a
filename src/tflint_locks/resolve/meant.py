"""Which argument of the S3 backend was meant by a name that is none."""

from tflint_locks.data.backend_attributes import ATTRIBUTES
from tflint_locks.resolve.model import Configuration
from tflint_locks.resolve.words import nearest

# What people write for an argument that is called otherwise.
_MEANT = {
    "table": "dynamodb_table",
    "table_name": "dynamodb_table",
    "dynamodb": "dynamodb_table",
    "dynamodb_lock_table": "dynamodb_table",
    "dynamodb_table_name": "dynamodb_table",
    "lock_table_name": "dynamodb_table",
    "lockfile": "use_lockfile",
    "use_lock_file": "use_lockfile",
    "bucket_name": "bucket",
    "prefix": "workspace_key_prefix",
    "key_prefix": "workspace_key_prefix",
    "path": "key",
    "aws_region": "region",
    "aws_profile": "profile",
    "encryption": "encrypt",
    "kms_key": "kms_key_id",
    "kms_key_arn": "kms_key_id",
}
_FURTHEST = 2

_LOCKS = frozenset({"dynamodb_table", "use_lockfile"})


def argument_meant(written: str) -> str | None:
    """Return the argument that was meant, where that is plain."""
    name = written.strip().lower().replace("-", "_")
    if name in ATTRIBUTES:
        return name
    if name in _MEANT:
        return _MEANT[name]
    current = (known for known in ATTRIBUTES if known != "lock_table")
    return nearest(name, current, _FURTHEST if len(name) > _FURTHEST * 2 else 1)


def misspells_lock(configuration: Configuration) -> bool:
    """Tell whether a backend is given a lock by a name that is none of its arguments."""
    strange = (setting.name for setting in configuration.layers if setting.name not in ATTRIBUTES)
    return any(argument_meant(name) in _LOCKS for name in strange)
