"""Where a backend's S3 and DynamoDB really are: AWS, a stand-in on somebody's machine, or another store."""

from collections.abc import Mapping
from typing import Literal

from tflint_locks.regex import regex
from tflint_locks.resolve.model import Configuration
from tflint_locks.value import Result, Value, known, text_of

_NAMES = ("endpoint", "endpoints", "dynamodb_endpoint", "sts_endpoint", "iam_endpoint")
_VARIABLES = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_S3_ENDPOINT", "AWS_ENDPOINT_URL_DYNAMODB")
_LOCAL = regex(
    r"(?i)localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1\]|localstack|minio|moto|host\.docker\.internal|\.local(?:$|[:/])"
    r"|//(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.|//[a-z0-9_-]+(?::\d+)?(?:/|$)"
)
_AWS = regex(r"(?i)amazonaws\.com|\bapi\.aws\b")


def is_local(environment: Mapping[str, Value]) -> bool:
    """Tell whether variables of a command lead it to a stand-in for AWS."""
    return any(_LOCAL.search(text_of(environment[name]) or "") for name in _VARIABLES if name in environment)


def store(configuration: Configuration) -> Literal["aws", "local", "other"]:
    """Return what kind of store a configuration uses; an endpoint that is not known is some other store."""
    texts = [
        text for name in _NAMES if name in configuration.settings for text in _texts(configuration.settings[name].value)
    ]
    environment = dict(configuration.command.environment) if configuration.command else {}
    texts += [text_of(environment[name]) or "?" for name in _VARIABLES if name in environment]
    if any(_LOCAL.search(text) for text in texts):
        return "local"
    return "other" if any(not _AWS.search(text) for text in texts if text) else "aws"


def _texts(result: Result) -> list[str]:
    if isinstance(result, dict):
        return [text for value in result.values() for text in _texts(value)]
    if isinstance(result, list):
        return [text for value in result for text in _texts(value)]
    if result is None:
        return []
    return [(text_of(result) or "") if known(result) else "?"]
