"""The arguments of the S3 backend, by Terraform and OpenTofu version.

Source: the backend's schema in hashicorp/terraform 1.5 to 1.16 and opentofu/opentofu 1.6 to 1.12 (facts; the older
renames from Terraform's changelog). Says nothing of what values an argument accepts.
"""

from tflint_locks.record import NamedTuple


class Support(NamedTuple):
    """The minors that accept an argument; ``first`` may be the oldest looked at, ``last`` is None for still."""

    first: str
    last: str | None


class Argument(NamedTuple):
    """One argument; ``terraform`` and ``opentofu`` are None where that tool never had it.

    ``kind`` is ``string``, ``bool``, ``number``, ``set(string)``, ``map(string)`` or ``object``; ``nested`` holds an
    object's own arguments and whether each is required. ``fallback`` are the environment variables read when it is
    absent.
    """

    kind: str
    terraform: Support | None
    opentofu: Support | None
    required: bool = False
    sensitive: bool = False
    deprecated: bool = False
    replaced_by: str = ""
    fallback: tuple[str, ...] = ()
    nested: tuple[tuple[str, bool], ...] = ()


ATTRIBUTES: dict[str, Argument] = {
    "access_key": Argument(
        "string",
        Support("1.5", None),
        Support("1.6", None),
        sensitive=True,
        fallback=("AWS_ACCESS_KEY_ID",),
    ),
    "acl": Argument("string", Support("1.5", None), Support("1.6", None)),
    "allowed_account_ids": Argument("set(string)", Support("1.6", None), Support("1.6", None)),
    "assume_role": Argument(
        "object",
        Support("1.6", None),
        Support("1.6", None),
        nested=(
            ("duration", False),
            ("external_id", False),
            ("policy", False),
            ("policy_arns", False),
            ("role_arn", True),
            ("session_name", False),
            ("source_identity", False),
            ("tags", False),
            ("transitive_tag_keys", False),
        ),
    ),
    "assume_role_duration_seconds": Argument(
        "number",
        Support("1.5", "1.9"),
        Support("1.6", None),
        replaced_by="assume_role.duration",
    ),
    "assume_role_policy": Argument(
        "string",
        Support("1.5", "1.9"),
        Support("1.6", None),
        replaced_by="assume_role.policy",
    ),
    "assume_role_policy_arns": Argument(
        "set(string)",
        Support("1.5", "1.9"),
        Support("1.6", None),
        replaced_by="assume_role.policy_arns",
    ),
    "assume_role_tags": Argument(
        "map(string)",
        Support("1.5", "1.9"),
        Support("1.6", None),
        replaced_by="assume_role.tags",
    ),
    "assume_role_transitive_tag_keys": Argument(
        "set(string)",
        Support("1.5", "1.9"),
        Support("1.6", None),
        replaced_by="assume_role.transitive_tag_keys",
    ),
    "assume_role_with_web_identity": Argument(
        "object",
        Support("1.6", None),
        Support("1.6", None),
        nested=(
            ("duration", False),
            ("policy", False),
            ("policy_arns", False),
            ("role_arn", True),
            ("session_name", False),
            ("web_identity_token", False),
            ("web_identity_token_file", False),
        ),
    ),
    "bucket": Argument("string", Support("1.5", None), Support("1.6", None), required=True),
    "custom_ca_bundle": Argument("string", Support("1.6", None), Support("1.6", None), fallback=("AWS_CA_BUNDLE",)),
    "dynamodb_endpoint": Argument(
        "string",
        Support("1.5", None),
        Support("1.6", None),
        deprecated=True,
        replaced_by="endpoints.dynamodb",
    ),
    "dynamodb_table": Argument(
        "string",
        Support("1.5", None),
        Support("1.6", None),
        deprecated=True,
        replaced_by="use_lockfile",
    ),
    "ec2_metadata_service_endpoint": Argument(
        "string",
        Support("1.6", None),
        Support("1.6", None),
        fallback=(
            "AWS_EC2_METADATA_SERVICE_ENDPOINT",
            "AWS_METADATA_URL",
        ),
    ),
    "ec2_metadata_service_endpoint_mode": Argument(
        "string",
        Support("1.6", None),
        Support("1.6", None),
        fallback=("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",),
    ),
    "encrypt": Argument("bool", Support("1.5", None), Support("1.6", None)),
    "endpoint": Argument(
        "string",
        Support("1.5", None),
        Support("1.6", None),
        deprecated=True,
        replaced_by="endpoints.s3",
    ),
    "endpoints": Argument(
        "object",
        Support("1.6", None),
        Support("1.6", None),
        fallback=(
            "AWS_ENDPOINT_URL_S3",
            "AWS_ENDPOINT_URL_DYNAMODB",
            "AWS_ENDPOINT_URL_IAM",
            "AWS_ENDPOINT_URL_STS",
            "AWS_ENDPOINT_URL_SSO",
            "AWS_ENDPOINT_URL",
            "AWS_S3_ENDPOINT",
            "AWS_DYNAMODB_ENDPOINT",
            "AWS_IAM_ENDPOINT",
            "AWS_STS_ENDPOINT",
        ),
        nested=(
            ("dynamodb", False),
            ("iam", False),
            ("s3", False),
            ("sso", False),
            ("sts", False),
        ),
    ),
    "external_id": Argument(
        "string",
        Support("1.5", "1.9"),
        Support("1.6", None),
        replaced_by="assume_role.external_id",
    ),
    "forbidden_account_ids": Argument("set(string)", Support("1.6", None), Support("1.6", None)),
    "force_path_style": Argument(
        "bool",
        Support("1.5", None),
        Support("1.6", None),
        deprecated=True,
        replaced_by="use_path_style",
    ),
    "http_proxy": Argument(
        "string",
        Support("1.6", None),
        Support("1.6", None),
        fallback=(
            "HTTP_PROXY",
            "http_proxy",
        ),
    ),
    "https_proxy": Argument(
        "string",
        Support("1.6", None),
        Support("1.6", None),
        fallback=(
            "HTTPS_PROXY",
            "https_proxy",
        ),
    ),
    "iam_endpoint": Argument(
        "string",
        Support("1.5", None),
        Support("1.6", None),
        deprecated=True,
        replaced_by="endpoints.iam",
    ),
    "insecure": Argument("bool", Support("1.6", None), Support("1.6", None)),
    "key": Argument("string", Support("1.5", None), Support("1.6", None), required=True),
    "kms_key_id": Argument("string", Support("1.5", None), Support("1.6", None)),
    "lock_table": Argument("string", Support("0.9", "0.12"), None, replaced_by="dynamodb_table"),
    "lock_tags": Argument("map(string)", None, Support("1.11", None)),
    "max_retries": Argument("number", Support("1.5", None), Support("1.6", None)),
    "no_proxy": Argument(
        "string",
        Support("1.6", None),
        Support("1.6", None),
        fallback=(
            "NO_PROXY",
            "no_proxy",
        ),
    ),
    "profile": Argument(
        "string",
        Support("1.5", None),
        Support("1.6", None),
        fallback=(
            "AWS_PROFILE",
            "AWS_DEFAULT_PROFILE",
        ),
    ),
    "region": Argument(
        "string",
        Support("1.5", None),
        Support("1.6", None),
        fallback=(
            "AWS_REGION",
            "AWS_DEFAULT_REGION",
        ),
    ),
    "retry_mode": Argument("string", Support("1.6", None), Support("1.6", None), fallback=("AWS_RETRY_MODE",)),
    "role_arn": Argument("string", Support("1.5", "1.9"), Support("1.6", None), replaced_by="assume_role.role_arn"),
    "secret_key": Argument(
        "string",
        Support("1.5", None),
        Support("1.6", None),
        sensitive=True,
        fallback=("AWS_SECRET_ACCESS_KEY",),
    ),
    "session_name": Argument(
        "string",
        Support("1.5", "1.9"),
        Support("1.6", None),
        replaced_by="assume_role.session_name",
    ),
    "shared_config_files": Argument(
        "set(string)",
        Support("1.6", None),
        Support("1.6", None),
        fallback=("AWS_SHARED_CONFIG_FILE",),
    ),
    "shared_credentials_file": Argument(
        "string",
        Support("1.5", None),
        Support("1.6", None),
        deprecated=True,
        replaced_by="shared_credentials_files",
    ),
    "shared_credentials_files": Argument(
        "set(string)",
        Support("1.6", None),
        Support("1.6", None),
        fallback=("AWS_SHARED_CREDENTIALS_FILE",),
    ),
    "skip_credentials_validation": Argument("bool", Support("1.5", None), Support("1.6", None)),
    "skip_metadata_api_check": Argument("bool", Support("1.5", None), Support("1.6", None)),
    "skip_region_validation": Argument("bool", Support("1.5", None), Support("1.6", None)),
    "skip_requesting_account_id": Argument("bool", Support("1.6", None), Support("1.6", None)),
    "skip_s3_checksum": Argument("bool", Support("1.6", None), Support("1.6", None)),
    "sse_customer_key": Argument(
        "string",
        Support("1.5", None),
        Support("1.6", None),
        sensitive=True,
        fallback=("AWS_SSE_CUSTOMER_KEY",),
    ),
    "state_tags": Argument("map(string)", None, Support("1.11", None)),
    "sts_endpoint": Argument(
        "string",
        Support("1.5", None),
        Support("1.6", None),
        deprecated=True,
        replaced_by="endpoints.sts",
    ),
    "sts_region": Argument("string", Support("1.6", None), Support("1.6", None)),
    "token": Argument(
        "string",
        Support("1.5", None),
        Support("1.6", None),
        sensitive=True,
        fallback=("AWS_SESSION_TOKEN",),
    ),
    "use_dualstack_endpoint": Argument(
        "bool",
        Support("1.6", None),
        Support("1.6", None),
        fallback=("AWS_USE_DUALSTACK_ENDPOINT",),
    ),
    "use_fips_endpoint": Argument(
        "bool",
        Support("1.6", None),
        Support("1.6", None),
        fallback=("AWS_USE_FIPS_ENDPOINT",),
    ),
    "use_legacy_workflow": Argument("bool", Support("1.6", "1.7"), Support("1.6", "1.7")),
    "use_lockfile": Argument("bool", Support("1.10", None), Support("1.10", None)),
    "use_path_style": Argument("bool", Support("1.6", None), Support("1.6", None)),
    "workspace_key_prefix": Argument("string", Support("1.5", None), Support("1.6", None)),
}
