import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflint_locks.resolve.words import (
    distance,
    environment_words,
    fold,
    is_known_environment,
    is_placeholder,
    near,
    nearest,
    placeholder_spans,
    region_words,
    singular,
    without_regions,
    words,
)

ENVIRONMENTS = ("dev", "staging", "prod", "nonprod", "preprod")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("acme-terraform-locks", ("acme", "terraform", "locks")),
        ("Acme_Staging.tfvars", ("acme", "staging", "tfvars")),
        ("acme-non-prod-lock", ("acme", "nonprod", "lock")),
        ("acme_pre_prod", ("acme", "preprod")),
        ("pre-production/x", ("preproduction", "x")),
        ("acme-nonprod", ("acme", "nonprod")),
        ("acme-cannon-prod", ("acme", "cannon", "prod")),
        ("pre-products", ("pre", "products")),
        ("", ()),
    ],
)
def test_names_fall_into_words(text: str, expected: tuple[str, ...]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("backends/staging.hcl", ("staging",)),
        ("acme-stg-lock", ("staging",)),
        ("production", ("prod",)),
        ("non-prod", ("nonprod",)),
        ("devstg", ()),
        ("product", ()),
        ("dev-to-prod-to-dev", ("dev", "prod")),
    ],
)
def test_environments_are_whole_words_with_their_aliases(text: str, expected: tuple[str, ...]) -> None:
    assert environment_words(text, ENVIRONMENTS) == expected


@pytest.mark.parametrize(
    ("word", "expected"), [("prd", "prod"), ("Stage", "staging"), ("development", "dev"), ("blue", "blue")]
)
def test_aliases_are_one_environment(word: str, expected: str) -> None:
    assert fold(word) == expected


def test_nonprod_is_no_alias_of_prod() -> None:
    assert len({fold(word) for word in ("prod", "nonprod", "preprod", "devstg", "dev", "staging")}) == 6


@pytest.mark.parametrize(
    ("word", "expected"), [("UAT", True), ("qa", True), ("network", False), ("live", False), ("eu", False)]
)
def test_some_words_are_environments_by_themselves(word: str, expected: bool) -> None:
    assert is_known_environment(word) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("acme-us-east-1-lock", ("us-east-1",)),
        ("eu-west-1/us-gov-west-1", ("eu-west-1", "us-gov-west-1")),
        ("us-east-10", ()),
        ("bus-east", ()),
    ],
)
def test_regions_are_found_in_names(text: str, expected: tuple[str, ...]) -> None:
    assert region_words(text) == expected


def test_regions_and_accounts_are_no_part_of_a_names_shape() -> None:
    assert words(without_regions("acme-us-east-1-lock-111111111111")) == ("acme", "lock")


@pytest.mark.parametrize(
    "text",
    [
        "<bucket>",
        "YOUR_BUCKET",
        "acme-your-name",
        "yourname-tfstate",
        "REPLACE_ME",
        "change-me",
        "__ENV__",
        "{{ env }}",
        "${ENV}",
        "$ENV",
        "%ENV%",
        "xxxx",
        "TODO",
    ],
)
def test_what_is_still_to_be_filled_in_is_a_placeholder(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize(
    "text",
    ["acme-state", "yourself", "exchange-metrics", "a_b__c", "100%", "todoist-app", "xxx", "boxxxxer", "irreplaceable"],
)
def test_ordinary_names_are_no_placeholders(text: str) -> None:
    assert not is_placeholder(text)


def test_placeholders_are_found_where_they_stand() -> None:
    text = "acme-<env>-${region}-lock"
    assert [text[start:end] for start, end in placeholder_spans(text)] == ["<env>", "${region}"]


@pytest.mark.parametrize(
    ("word", "expected"), [("locks", "lock"), ("access", "access"), ("aws", "aws"), ("lock", "lock")]
)
def test_plurals_are_made_singular(word: str, expected: str) -> None:
    assert singular(word) == expected


NEAR = [
    ("acme-terraform-locks", "acme-terraform-lock"),
    ("acme-staging-terraform-locks", "acme-terraform-lock-staging"),
    ("acme-terraform-locks", "acme-terraform-lock-staging"),
    ("acme-stg-lock", "acme-staging-lock"),
    ("acme-terrafrom-lock", "acme-terraform-lock"),
    ("acme_lock", "acme-lock"),
]
APART = [
    ("acme-lock-dev", "acme-lock-demo"),
    ("acme-lock-dev", "acme-lock-prod"),
    ("acme-lock-us-east-1", "acme-lock-us-east-2"),
    ("acme-lock-us-east-1", "acme-lock-us-west-1"),
    ("acme-lock-1", "acme-lock-2"),
    ("acme-lock-111111111111", "acme-lock-222222222222"),
    ("acme-orders", "acme-terraform-lock"),
    ("acme-lock", "acme-clock"),
    ("acme-lock", "acme-terraform-lock"),
    ("network1-lock", "network2-lock"),
]


@pytest.mark.parametrize(("left", "right"), NEAR)
def test_near_names_are_near(left: str, right: str) -> None:
    assert near(left, right, ENVIRONMENTS)


@pytest.mark.parametrize(("left", "right"), APART)
def test_names_of_different_things_are_not_near(left: str, right: str) -> None:
    assert not near(left, right, ENVIRONMENTS)


_WORDS = st.sampled_from(
    "acme terraform terrafrom lock locks state dev staging prod network us east west 1 2 22 eu".split()
)
_NAMES = st.lists(_WORDS, min_size=1, max_size=6).map("-".join)


@given(_NAMES, _NAMES)
def test_near_is_symmetric(left: str, right: str) -> None:
    assert near(left, right, ENVIRONMENTS) == near(right, left, ENVIRONMENTS)


@given(_NAMES)
def test_a_name_is_near_itself_however_it_is_written(name: str) -> None:
    assert near(name, name.upper().replace("-", "_"), ENVIRONMENTS)


_OTHER_NAMES = st.lists(st.sampled_from("acme terraform lock state network".split()), min_size=1, max_size=4).map(
    "-".join
)


@given(_OTHER_NAMES, st.integers(0, 10**12), st.integers(0, 10**12))
def test_names_that_differ_in_digits_are_never_near(name: str, left: int, right: int) -> None:
    if left != right:
        assert not near(f"{name}-{left}", f"{name}-{right}", ENVIRONMENTS)
        assert not near(f"{name}{left}", f"{name}{right}", ENVIRONMENTS)


_REGIONS = st.sampled_from(
    "us-east-1 us-east-2 us-west-1 eu-west-1 eu-central-1 ap-south-1 ap-southeast-1 ap-southeast-2".split()
)


@given(_OTHER_NAMES, _REGIONS, _REGIONS)
def test_names_that_differ_in_the_region_are_never_near(name: str, left: str, right: str) -> None:
    if left != right:
        assert not near(f"{name}-{left}", f"{name}-{right}", ENVIRONMENTS)


@given(_OTHER_NAMES, st.sampled_from(ENVIRONMENTS), st.sampled_from(ENVIRONMENTS))
def test_names_of_two_environments_are_never_near(name: str, left: str, right: str) -> None:
    if left != right:
        assert not near(f"{name}-{left}", f"{right}-{name}", ENVIRONMENTS)


@given(st.text("ab", max_size=6), st.text("ab", max_size=6))
def test_distance_is_a_distance(left: str, right: str) -> None:
    assert distance(left, right) == distance(right, left)
    assert (distance(left, right) == 0) == (left == right)
    assert distance(left, right) <= max(len(left), len(right))


def test_swapped_neighbours_are_one_typo() -> None:
    assert distance("lokc", "lock") == 1


def test_the_nearest_candidate_is_the_one_fewest_edits_away() -> None:
    assert nearest("us-esat-1", ["us-east-1", "us-east-2"]) == "us-east-1"
    assert nearest("moon", ["us-east-1"]) is None
    assert nearest("x", []) is None
    assert [nearest("abcdef", [other]) for other in ("abcdxy", "abcxyz")] == ["abcdxy", None]
    assert [nearest("abcdef", [other], 1) for other in ("abcdex", "abcdxy")] == ["abcdex", None]


def test_words_that_people_run_together_are_near_their_parts() -> None:
    assert near("acme-tfstate", "acme-terraform-state", ())
    assert near("acme-tf-locks", "acme-terraform-lock", ())
    assert not near("acme-tfstate", "acme-state", ())
