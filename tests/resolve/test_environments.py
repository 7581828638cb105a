import pytest

from tflint_locks.resolve.environments import Environments, establish, only
from tflint_locks.settings import EnvironmentSettings, Settings


def _established(
    files: tuple[str, ...] = (), roots: tuple[str, ...] = (), stated: tuple[str, ...] = ()
) -> Environments:
    return establish(Settings(), files, roots, stated)


CASES = {
    "backend files that are siblings": (("backends/dev.hcl", "backends/blue.hcl"), (), {"dev", "blue"}),
    "var files that are siblings": (("envs/staging.tfvars", "envs/green.tfvars"), (), {"staging", "green"}),
    "siblings with a common part": (("backend-dev.hcl", "backend-blue.hcl"), (), {"dev", "blue"}),
    "siblings that differ in two words": (("backend-dev-a.hcl", "backend-blue-b.hcl"), (), {"dev"}),
    "siblings none of which is known": (("backends/red.hcl", "backends/blue.hcl"), (), set()),
    "a known word alone": (("backends/staging.hcl",), (), {"staging"}),
    "aliases are one": (("backends/production.hcl", "envs/prod.tfvars", "x/prd.tfvars"), (), {"production"}),
    "non-production is a word of its own": (
        ("b/non-prod.hcl", "b/prod.hcl", "b/preprod.hcl"),
        (),
        {"nonprod", "prod", "preprod"},
    ),
    "regions are no environments": (("b/us-east-1.hcl", "b/eu-west-1.hcl"), (), set()),
    "regions beside an environment are none": (("b/dev.hcl", "b/us-east-1.hcl"), (), {"dev"}),
    "numbers are no environments": (("b/dev.hcl", "b/111111111111.hcl"), (), {"dev"}),
    "common files are no environments": (("b/dev.hcl", "b/common.hcl", "b/default.hcl"), (), {"dev"}),
    "root directories in an environments' folder": ((), ("envs/dev", "envs/sandpit"), {"dev", "sandpit"}),
    "root directories elsewhere": ((), ("apps/web", "apps/api"), set()),
    "a root directory by a known word": ((), ("infra/staging/app",), {"staging"}),
    "regions in an environments' folder": ((), ("envs/dev", "envs/us-east-1"), {"dev"}),
    "modules in an environments' folder": ((), ("envs/dev", "envs/modules"), {"dev"}),
}


@pytest.mark.parametrize(("files", "roots", "expected"), CASES.values(), ids=CASES)
def test_siblings_and_known_words_establish_environments(
    files: tuple[str, ...], roots: tuple[str, ...], expected: set[str]
) -> None:
    assert set(_established(files, roots).names.values()) == expected


def test_what_is_stated_establishes_an_environment() -> None:
    assert set(_established(stated=("qa", "whatever")).names.values()) == {"qa"}


ESTABLISHED = _established(("b/dev.hcl", "b/stg.hcl", "b/prod.hcl", "b/non-prod.hcl"))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("backends/stg.hcl", "stg"),
        ("envs/staging.tfvars", "stg"),
        ("scripts/bootstrap-staging-terraform.sh", "stg"),
        ("prod/backends/dev.hcl", "dev"),
        ("dev/prod/app/main.tf", "prod"),
        ("x/dev-to-prod.sh", None),
        ("non-prod/main.tf", "non-prod"),
        ("nonproduction/main.tf", "nonprod"),
        ("products/main.tf", None),
        ("main.tf", None),
        ("", None),
    ],
)
def test_the_right_most_segment_with_one_environment_decides(path: str, expected: str | None) -> None:
    assert ESTABLISHED.of_path(path) == (expected.replace("-", "") if expected else None)


@pytest.mark.parametrize(
    ("text", "one", "every"),
    [
        ("acme-staging-lock", "stg", ("stg",)),
        ("acme-dev-prod", None, ("dev", "prod")),
        ("acme", None, ()),
        ("acme-qa", None, ()),
    ],
)
def test_a_name_speaks_of_the_environments_whose_words_it_has(
    text: str, one: str | None, every: tuple[str, ...]
) -> None:
    assert (ESTABLISHED.of_text(text), ESTABLISHED.all_in(text)) == (one, every)


def test_settings_win_over_paths() -> None:
    decided = EnvironmentSettings("live", aliases=("production",), paths=("backends/prod.hcl", "eu/**"))
    found = establish(Settings(environments=(decided,)), ("backends/prod.hcl", "backends/dev.hcl"), (), ())
    assert found.of_path("backends/prod.hcl") == "live"
    assert found.of_path("eu/dev/main.tf") == "live"
    assert found.of_path("backends/dev.hcl") == "dev"
    assert found.of_text("acme-prd") == "live"


@pytest.mark.parametrize(
    ("values", "expected"), [(["a", None, "a"], "a"), (["a", "b"], None), ([None, ""], None), ([], None)]
)
def test_one_value_is_the_only_one_where_all_agree(values: list[str | None], expected: str | None) -> None:
    assert only(values) == expected
