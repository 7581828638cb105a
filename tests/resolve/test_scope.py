from collections.abc import Callable

import pytest

from tflint_locks.read.terraform import read_terraform
from tflint_locks.resolve.modules import read_modules
from tflint_locks.resolve.scope import Given, Instance, Program, attribute_of, children, elements, look_up
from tflint_locks.tree import DictTree
from tflint_locks.value import Result, known, literal


def _root(files: dict[str, str], given: Given | None = None) -> Instance:
    program = Program(read_modules(read_terraform(path, text) for path, text in files.items()), DictTree(files))
    return Instance(program, program.modules[""], given or Given())


VARIABLE = 'variable "v" {\n  default = "acme"\n}\n'
TABLE = 'resource "aws_dynamodb_table" "t" {\n  name = "acme-${var.v}"\n}\nvariable "v" {\n  default = "x"\n}\n'
COUNTED = 'resource "aws_dynamodb_table" "t" {\n  count = 2\n  name = "acme-${count.index}"\n}\n'


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (Given(), "acme"),
        (Given({"v": literal("set")}), "set"),
        (Given(unsettled=frozenset({"v"})), "<var.v>"),
        (Given(unsettled=frozenset({"w"})), "acme"),
        (Given(open=True), "<var.v>"),
        (Given({"v": literal("set")}, open=True), "set"),
    ],
)
def test_a_variable_is_known_where_nothing_unknown_may_set_it(
    given: Given, expected: str, plain: Callable[[Result], object]
) -> None:
    assert plain(look_up(_root({"main.tf": VARIABLE}, given), ("var", "v"))) == expected


def test_a_default_that_may_be_replaced_is_shown_as_likely() -> None:
    (piece,) = look_up(_root({"main.tf": VARIABLE}, Given(open=True)), ("var", "v")) or ()
    assert getattr(piece, "likely", None) == "acme"


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("locals {\n  a = local.b\n  b = local.a\n}\n", ("local", "a"), "<local.a>"),
        ("", ("local", "gone"), "<local.gone>"),
        ("", ("var", "gone"), "<var.gone>"),
        (TABLE, ("aws_dynamodb_table", "t", "name"), "acme-x"),
        (TABLE, ("aws_dynamodb_table", "t", "id"), "acme-x"),
        (TABLE, ("aws_dynamodb_table", "t", "arn"), "arn:<partition>:dynamodb:<region>:<account>:table/acme-x"),
        (TABLE, ("aws_dynamodb_table", "t", "stream_arn"), "<aws_dynamodb_table.t.stream_arn>"),
        (COUNTED, ("aws_dynamodb_table", "t", "1", "name"), "acme-1"),
        (COUNTED, ("aws_dynamodb_table", "t", "2", "name"), "<aws_dynamodb_table.t.2.name>"),
        (COUNTED, ("aws_dynamodb_table", "t", "name"), "<aws_dynamodb_table.t.name>"),
        (TABLE, ("aws_dynamodb_table", "gone", "name"), "<aws_dynamodb_table.gone.name>"),
        ("", ("data", "aws_caller_identity", "me", "account_id"), "<account>"),
        ("", ("data", "aws_ssm_parameter", "p", "value"), "<data.aws_ssm_parameter.p.value>"),
        ("", ("terraform", "workspace"), "<terraform.workspace>"),
        ("", ("path", "module"), ""),
        (
            'resource "aws_s3_bucket" "b" {\n  bucket = "acme"\n}\n',
            ("aws_s3_bucket", "b", "arn"),
            "arn:<partition>:s3:::acme",
        ),
        ('data "aws_s3_bucket" "b" {\n  bucket = "acme"\n}\n', ("data", "aws_s3_bucket", "b", "id"), "acme"),
    ],
)
def test_names_mean_what_terraform_would_make_of_them(
    text: str, names: tuple[str, ...], expected: str, plain: Callable[[Result], object]
) -> None:
    assert plain(look_up(_root({"main.tf": text}), names)) == expected


def test_a_resource_that_names_itself_is_a_hole(plain: Callable[[Result], object]) -> None:
    text = 'resource "aws_s3_bucket" "b" {\n  bucket = aws_s3_bucket.b.id\n}\n'
    assert str(plain(look_up(_root({"main.tf": text}), ("aws_s3_bucket", "b", "bucket")))).startswith("<")


CALL = 'module "m" {\n  source = "./m"\n  v = "given"\n}\n'
INNER = VARIABLE + 'output "o" {\n  value = "${var.v}-out"\n}\n'


def test_a_module_sees_what_its_call_passes(plain: Callable[[Result], object]) -> None:
    (child,) = children(_root({"main.tf": CALL, "m/main.tf": INNER}), "m")
    assert plain(look_up(child, ("var", "v"))) == "given"


def test_a_module_falls_back_to_its_default(plain: Callable[[Result], object]) -> None:
    (child,) = children(
        _root({"main.tf": CALL.replace('  v = "given"\n', ""), "m/main.tf": INNER}, Given(open=True)), "m"
    )
    assert plain(look_up(child, ("var", "v"))) == "acme"


def test_a_modules_output_is_known_to_its_caller(plain: Callable[[Result], object]) -> None:
    assert plain(look_up(_root({"main.tf": CALL, "m/main.tf": INNER}), ("module", "m", "o"))) == "given-out"


def test_outputs_of_repeated_calls_are_chosen_by_their_key(plain: Callable[[Result], object]) -> None:
    call = (
        'module "m" {\n  source = "./m"\n  for_each = toset(["a", "b"])\n'
        '  v = each.key\n}\nlocals {\n  x = module.m["b"].o\n}\n'
    )
    root = _root({"main.tf": call, "m/main.tf": INNER})
    assert plain(look_up(root, ("local", "x"))) == "b-out"


@pytest.mark.parametrize(
    ("repeat", "expected"),
    [
        ("", ["acme"]),
        ('for_each = toset(["a", "b"])', ["a", "b"]),
        ('for_each = { x = "p", y = "q" }', ["p", "q"]),
        ("count = 2", ["0", "1"]),
        ("count = 0", []),
        ("count = false ? 1 : 0", []),
        ("for_each = {}", []),
    ],
)
def test_a_block_is_made_once_for_each_element(
    repeat: str, expected: list[str], plain: Callable[[Result], object]
) -> None:
    name = "each.value" if "each" in repeat else "count.index" if "count" in repeat else '"acme"'
    root = _root({"main.tf": f'resource "aws_s3_bucket" "b" {{\n  {repeat}\n  bucket = {name}\n}}\n'})
    declared = root.module.resources["aws_s3_bucket", "b"]
    assert [plain(attribute_of(root, declared, "bucket", each)) for each in elements(root, declared)] == expected


@pytest.mark.parametrize("repeat", ["for_each = var.gone", "count = var.gone"])
def test_an_unknown_collection_makes_one_element_of_holes(repeat: str) -> None:
    root = _root({"main.tf": f'resource "aws_s3_bucket" "b" {{\n  {repeat}\n}}\n'})
    (each,) = elements(root, root.module.resources["aws_s3_bucket", "b"])
    assert each
    assert not any(isinstance(value, tuple) and known(value) for value in each.values())


@pytest.mark.parametrize("repeat", ["for_each = var.gone", "count = var.gone"])
def test_holes_of_two_unknown_collections_are_not_the_same(repeat: str) -> None:
    blocks = "".join(f'resource "aws_s3_bucket" "{name}" {{\n  {repeat}\n}}\n' for name in "ab")
    root = _root({"main.tf": blocks})
    one, other = (elements(root, root.module.resources["aws_s3_bucket", name]) for name in "ab")
    assert one != other


def test_modules_nested_without_end_are_followed_to_a_limit() -> None:
    root = _root({"main.tf": 'module "m" {\n  source = "./"\n}\n'})
    depth, current = 0, [root]
    while current and depth < 100:
        current = children(current[0], "m")
        depth += 1
    assert depth < 100
