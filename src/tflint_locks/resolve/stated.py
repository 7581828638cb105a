"""The account a backend certainly works in, and where it says so."""

from collections.abc import Iterable, Iterator

from tflint_locks.arn import parse_arn
from tflint_locks.record import NamedTuple
from tflint_locks.resolve.model import Configuration
from tflint_locks.source import Span
from tflint_locks.value import Result, Value, span_of, text_of

_DIGITS = 12


class StatedAccount(NamedTuple):
    """An account id, where it is stated, and by what."""

    account: str
    span: Span
    by: str


def backend_account(configuration: Configuration) -> StatedAccount | None:
    """Return the backend's own account by its table's ARN, allowed accounts, role or key; None where they differ."""
    found = list(_stated(configuration))
    return found[0] if len({one.account for one in found}) == 1 else None


def _stated(configuration: Configuration) -> Iterator[StatedAccount]:
    for name, by in (("dynamodb_table", "lock table"), ("role_arn", "role"), ("kms_key_id", "key")):
        setting = configuration.settings.get(name)
        if setting:
            yield from _of_arn(setting.value, setting.span, by)
    role = configuration.settings.get("assume_role")
    if role and isinstance(role.value, dict):
        yield from _of_arn(role.value.get("role_arn"), role.span, "role")
    allowed = configuration.settings.get("allowed_account_ids")
    if allowed and isinstance(allowed.value, list) and len(allowed.value) == 1:
        yield from _of_text(allowed.value[0], allowed.span, "allowed account")


def _of_arn(result: Result, span: Span, by: str) -> Iterable[StatedAccount]:
    arn = parse_arn(result) if isinstance(result, tuple) else None
    return _of_text(arn.account, span, by) if arn else ()


def _of_text(result: Result, span: Span, by: str) -> Iterable[StatedAccount]:
    text = text_of(result)
    if text is None or not is_account(text):
        return ()
    place = span_of(result) if isinstance(result, tuple) else None
    return (StatedAccount(text, place or span, by),)


def is_account(text: str) -> bool:
    """Tell whether a text has the form of an account id; one that only stands for an account has it too."""
    return len(text) == _DIGITS and text.isdecimal() and text != "0" * _DIGITS


def account_of(value: Value | None) -> str | None:
    """Return a known account id."""
    text = text_of(value)
    return text if text is not None and is_account(text) else None
