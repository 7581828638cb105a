"""Backend arguments that Terraform refuses to take together (DOMAIN §1.1, §1.3)."""

from collections.abc import Iterator

from tflint_locks.finding import Match, Related
from tflint_locks.resolve.model import Configuration, Repository, Setting
from tflint_locks.resolve.phrases import environments_of
from tflint_locks.source import Span
from tflint_locks.value import Result, known, text_of

# Only one of each two may be set; a dot leads into an object.
_PAIRS = (
    ("kms_key_id", "sse_customer_key"),
    ("allowed_account_ids", "forbidden_account_ids"),
    ("force_path_style", "use_path_style"),
    ("endpoint", "endpoints.s3"),
    ("dynamodb_endpoint", "endpoints.dynamodb"),
    ("iam_endpoint", "endpoints.iam"),
    ("sts_endpoint", "endpoints.sts"),
    ("assume_role_with_web_identity.web_identity_token", "assume_role_with_web_identity.web_identity_token_file"),
)
_NEVER_KNOWN = ("skip_requesting_account_id", "skip_credentials_validation")


def check(repository: Repository) -> Iterator[Match]:
    """Yield each pair of a closed configuration."""
    for configuration in repository.configurations:
        if configuration.type != "s3" or not configuration.closed:
            continue
        for first, second in _PAIRS:
            if _is_set(configuration, first) and _is_set(configuration, second):
                yield _match(configuration, first, second)
        if _is_set(configuration, "allowed_account_ids") and all(
            _is_true(configuration, name) for name in _NEVER_KNOWN
        ):
            yield _match(configuration, "allowed_account_ids", _NEVER_KNOWN[0], "account-never-known")


def _found(configuration: Configuration, way: str) -> Result:
    name, _, inner = way.partition(".")
    setting = configuration.settings.get(name)
    value = setting.value if setting else None
    if not inner:
        return value
    return value.get(inner) if isinstance(value, dict) else None


def _is_set(configuration: Configuration, way: str) -> bool:
    """Tell whether an argument has a value that is neither null nor empty; one that is not known may be either."""
    value = _found(configuration, way)
    return (
        bool(text_of(value)) if isinstance(value, tuple) and known(value) else isinstance(value, list) and bool(value)
    )


def _is_true(configuration: Configuration, name: str) -> bool:
    return text_of(_found(configuration, name)) in ("true", "1")


def _match(configuration: Configuration, first: str, second: str, message: str = "default") -> Match:
    left, right = _setting(configuration, first), _setting(configuration, second)
    place = _place(right, _found(configuration, second))
    return Match(
        place,
        {"first": first, "second": second, "other": f"{left.name_span.path}"},
        (Related(_place(left, _found(configuration, first)), f"`{first}` is set here"),),
        message=message,
        environments=environments_of(configuration),
    )


def _setting(configuration: Configuration, way: str) -> Setting:
    return configuration.settings[way.partition(".")[0]]


def _place(setting: Setting, value: Result) -> Span:
    """Return the place of the name, or of the value inside an object."""
    inner = next((piece.span for piece in value if piece.span), None) if isinstance(value, tuple) else None
    return inner if inner and isinstance(setting.value, dict) else setting.name_span
