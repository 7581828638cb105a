from collections.abc import Callable

import pytest

from tflint_locks.facts import Assignments
from tflint_locks.read.terraform import read_assignments
from tflint_locks.resolve.backends import MASK, file_settings, flag_setting, masked, merged
from tflint_locks.resolve.invocations import Flag
from tflint_locks.resolve.model import Setting
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal, Result, Value, known, literal

HERE = Span("x.sh", 0, 5)


def _file(text: str, path: str = "a.hcl") -> list[Setting]:
    facts = read_assignments(path, text)
    assert isinstance(facts, Assignments)
    return file_settings(facts, text, None)


@pytest.mark.parametrize(
    ("written", "expected", "fault"),
    [
        ('"acme"', "acme", ""),
        ("true", "true", ""),
        ("3", "3", ""),
        ("null", None, ""),
        ('""', "", ""),
        ('["a", "b"]', ["a", "b"], ""),
        ('{ s3 = "x", "iam" = "y" }', {"s3": "x", "iam": "y"}, ""),
        ("-1", None, ""),
        ('"a${var.x}"', '<"a${var.x}">', "expression"),
        ("var.x", "<var.x>", "expression"),
        ('lower("A")', '<lower("A")>', "expression"),
        ('["${var.x}"]', '<["${var.x}"]>', "expression"),
        ('"acme-<env>-lock"', "acme-<placeholder <env>>-lock", ""),
        ('"YOUR_BUCKET"', "<placeholder YOUR_BUCKET>", ""),
    ],
)
def test_values_of_a_backend_file(
    written: str, expected: object, fault: str, plain: Callable[[Result], object]
) -> None:
    (found,) = _file(f"bucket = {written}\n")
    if written != "-1":
        assert plain(found.value) == expected
    assert found.fault == fault


@pytest.mark.parametrize(
    ("written", "under"),
    [('"acme"', "acme"), ("true", "true"), ('""', ""), ('"a<b>c"', "a<b>c"), ("[1]", "[1]"), ('"a${b}"', "a${b}")],
)
def test_a_settings_span_covers_its_value_without_quotes(written: str, under: str) -> None:
    text = f"# x\nbucket  = {written}\n"
    (found,) = _file(text)
    assert text[found.span.start : found.span.end] == under
    assert text[found.name_span.start : found.name_span.end] == "bucket"


def test_spans_in_json_cover_the_value_too() -> None:
    text = '{"bucket": "acme", "encrypt": true}'
    spans = {found.name: text[found.span.start : found.span.end] for found in _file(text, "a.json")}
    assert spans == {"bucket": "acme", "encrypt": "true"}


def test_an_interpolation_in_json_is_text_that_nobody_meant() -> None:
    (found,) = _file('{"key": "${var.x}"}', "a.json")
    assert found.fault == "literal-template"
    assert isinstance(found.value, tuple)
    assert not known(found.value)


def test_a_block_in_a_backend_file_is_a_fault() -> None:
    (found,) = _file('assume_role {\n  role_arn = "x"\n}\n')
    assert (found.name, found.fault) == ("assume_role", "block")


def _flag(text: str) -> Setting | None:
    return flag_setting(Flag("backend-config", literal(text, HERE), HERE))


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("key=a", "key", "a"),
        ("key=a=b", "key", "a=b"),
        ("key=", "key", ""),
        ("key=null", "key", "null"),
        ('key="q"', "key", '"q"'),
        ("encrypt=true", "encrypt", "true"),
        ("encrypt=yes", "encrypt", "yes"),
        ('allowed_account_ids=["111111111111"]', "allowed_account_ids", ["111111111111"]),
        ('assume_role={role_arn="r"}', "assume_role", {"role_arn": "r"}),
        ("assume_role=null", "assume_role", None),
        ("assume_role={", "assume_role", "<{>"),
        ("assume_role.role_arn=x", "assume_role.role_arn", "x"),
        ("key=<env>", "key", "<placeholder <env>>"),
    ],
)
def test_settings_given_as_flags(text: str, name: str, value: object, plain: Callable[[Result], object]) -> None:
    found = _flag(text)
    assert found is not None
    assert (found.name, plain(found.value), found.origin) == (name, value, "flag")


@pytest.mark.parametrize("text", ["a.hcl", "", "dir/a.tfvars"])
def test_a_flag_without_an_equals_sign_names_a_file(text: str) -> None:
    assert _flag(text) is None


def test_a_flag_whose_name_is_not_known_is_no_setting() -> None:
    assert flag_setting(Flag("backend-config", (Hole("x"), *literal("=a")), HERE)) is None


def test_a_flags_list_knows_its_place() -> None:
    script = "terraform init -backend-config=allowed_account_ids=['a']".replace("'", '"')
    start = script.index("-backend")
    value = literal(
        script[start + len("-backend-config=") :], Span("x.sh", start + len("-backend-config="), len(script))
    )
    found = flag_setting(Flag("backend-config", value, Span("x.sh", start, len(script))))
    assert found is not None
    assert isinstance(found.value, list)
    (piece,) = found.value[0] or ()
    assert script[piece.span.start : piece.span.end] == "a"  # type: ignore[union-attr]


def test_a_flags_span_is_its_value_and_its_name_span_the_whole_word() -> None:
    script = "terraform init -backend-config=key=a/b"
    start = script.index("key=")
    word = Span("x.sh", script.index("-backend"), len(script))
    found = flag_setting(Flag("backend-config", literal(script[start:], Span("x.sh", start, len(script))), word))
    assert found is not None
    assert script[found.span.start : found.span.end] == "a/b"
    assert found.name_span == word


def test_a_placeholder_knows_its_place() -> None:
    text = 'bucket = "acme-<env>-lock"\n'
    (found,) = _file(text)
    spans = [piece.span for piece in found.value or () if isinstance(piece, (Literal, Hole)) and piece.span]
    assert [text[span.start : span.end] for span in spans] == ["acme-", "<env>", "-lock"]


@pytest.mark.parametrize("name", ["secret_key", "access_key", "token", "sse_customer_key"])
def test_secrets_are_masked_and_never_kept(name: str) -> None:
    (found,) = _file(f'{name} = "wJalrXUtnFEMIK7MDENGbPxRfiCYzzzzzzzzzzzz"\n')
    assert found.value == literal(MASK)
    flagged = _flag(f"{name}=wJalrXUtnFEMIK7MDENGbPxRfiCYzzzzzzzzzzzz")
    assert flagged is not None
    assert flagged.value == literal(MASK)


@pytest.mark.parametrize("text", ["test", "AKIAIOSFODNN7EXAMPLE", "minioadmin", ""])
def test_secrets_that_are_none_are_holes(text: str) -> None:
    found: Result = masked("secret_key", literal(text))
    assert isinstance(found, tuple)
    assert not known(found)


def test_other_attributes_are_not_masked() -> None:
    value: Value = literal("acme")
    assert masked("bucket", value) is value


def _setting(name: str, text: str | None, origin: str) -> Setting:
    return Setting(name, None if text is None else literal(text), HERE, HERE, origin)


def test_later_settings_win_and_null_takes_away() -> None:
    layers = [
        _setting("key", "a", "block"),
        _setting("acl", "private", "block"),
        _setting("key", "b", "file"),
        _setting("acl", None, "file"),
        _setting("gone", None, "file"),
    ]
    assert {name: found.origin for name, found in merged(layers).items()} == {"key": "file"}


def test_what_was_taken_away_can_be_set_again() -> None:
    layers = [_setting("acl", "a", "block"), _setting("acl", None, "file"), _setting("acl", "b", "flag")]
    assert merged(layers)["acl"].origin == "flag"
