import sys
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType

import pytest

from tflint_locks.engine import lint
from tflint_locks.finding import Match, Related, Report, Severity
from tflint_locks.resolve.model import Repository
from tflint_locks.rule import Fix, Predicate, RelatedField, Rule, Select
from tflint_locks.settings import RuleSettings, Settings
from tflint_locks.source import Span
from tflint_locks.tree import DictTree, Tree

Give = Callable[..., Rule]
Make = Callable[..., Repository]
UNSET = Settings()
Levels = tuple[tuple[str, str], ...]

MISMATCH = Rule(
    "lock-table-mismatch",
    "names another table",
    Severity.ERROR,
    "0.1.0",
    {"default": "{role} {value}, but {environment} locks with {expected}"},
    effect="every plan ends in AccessDenied",
    label="{means}",
    select=Select(
        "pair",
        (
            (
                Predicate("names", "equals", "lock-table"),
                Predicate("value", "disagrees_with", "configuration.lock_table"),
            ),
        ),
        "value",
        "value",
        (RelatedField("configuration.lock_table", "the table terraform locks"),),
    ),
    fix=Fix("value", "expected", safe=True),
)


def checked(identity: str) -> Rule:
    return Rule(identity, "s", Severity.WARNING, "0.1.0", {"default": "{what}", "other": "other {what}"})


@pytest.fixture
def give(monkeypatch: pytest.MonkeyPatch) -> Give:
    """Give a rule's check in place of a module of ``checks``."""

    def install(identity: str, *matches: Match | Exception) -> Rule:
        def check(_repository: Repository) -> Iterator[Match]:
            for match in matches:
                if isinstance(match, Exception):
                    raise match
                yield match

        module = ModuleType("check")
        module.__dict__["check"] = check
        monkeypatch.setitem(sys.modules, f"tflint_locks.checks.{identity.replace('-', '_')}", module)
        return checked(identity)

    return install


def run(repository: Repository, *rules: Rule, settings: Settings = UNSET, narrowed: tuple[str, ...] = ()) -> Report:
    catalog: Mapping[str, Rule] = {rule.id: rule for rule in rules}
    return lint(repository.tree, catalog, settings, lambda _tree, _settings: repository, narrowed)


def at(path: str, start: int, end: int, what: str = "x") -> Match:
    return Match(Span(path, start, end), {"what": what})


TFVARS, BACKEND = "envs/staging.tfvars", "backends/staging.hcl"


def test_a_declarative_rule_shows_both_places_and_the_repair(mismatch: Repository) -> None:
    report = run(mismatch, MISMATCH)
    (finding,) = report.findings
    assert finding.message == "lock table `acme-terraform-locks`, but staging locks with `acme-terraform-lock-staging`"
    assert finding.label == "granted here"
    assert finding.related == (Related(finding.related[0].span, "the table terraform locks"),)
    assert finding.notes == ("paired: both paths name staging", "effect: every plan ends in AccessDenied")
    assert [(edit.span, edit.text) for edit in finding.edits] == [(finding.span, "acme-terraform-lock-staging")]
    assert finding.safe
    assert (report.total, report.closed, report.open_reasons) == (2, 1, ("key unknown (ci.yml:41, step output)",))


def test_two_rules_on_one_cause_are_one_finding_of_the_first_in_order(mismatch: Repository, give: Give) -> None:
    unused = give("lock-table-unused", at(TFVARS, 0, 1, "never used"))
    crossed = give("environment-crosswired", at(TFVARS, 0, 1, "crossed"))._replace(severity=Severity.NOTE)
    (finding,) = run(mismatch, unused, crossed).findings
    assert (finding.rule, finding.also, finding.message) == (
        "environment-crosswired",
        ("lock-table-unused",),
        "crossed",
    )
    assert finding.severity == Severity.WARNING
    assert "also lock-table-unused: never used" in finding.notes


def test_one_edit_for_many_places_is_one_finding_with_all_others_related(mismatch: Repository, give: Give) -> None:
    cause = Span(BACKEND, 0, 6)
    rule = give("a-rule", *(Match(Span(TFVARS, place, place + 1), {"what": "x"}, cause=cause) for place in (0, 2, 4)))
    (finding,) = run(mismatch, rule).findings
    assert [place.span.start for place in finding.related] == [2, 4]
    assert "the same fault in 3 places, mended by one edit" in finding.notes


@pytest.mark.parametrize(
    ("settings", "match", "severity"),
    [
        ((), None, Severity.WARNING),
        ((("a-rule", "error"),), None, Severity.ERROR),
        ((("a-rule", "note"),), None, Severity.NOTE),
        ((), Severity.NOTE, Severity.NOTE),
        ((), Severity.ERROR, Severity.WARNING),
        ((("a-rule", "error"),), Severity.NOTE, Severity.NOTE),
        ((("a-rule", "off"),), None, None),
    ],
)
def test_severity(
    mismatch: Repository, give: Give, settings: Levels, match: Severity | None, severity: Severity | None
) -> None:
    rule = give("a-rule", at(TFVARS, 0, 1)._replace(severity=match))
    report = run(mismatch, rule, settings=Settings(rules=tuple(RuleSettings(*one) for one in settings)))
    assert [finding.severity for finding in report.findings] == ([severity] if severity else [])


def test_a_rule_that_is_off_runs_only_where_the_settings_turn_it_on(mismatch: Repository, give: Give) -> None:
    rule = give("a-rule", at(TFVARS, 0, 1))._replace(off=True)
    assert not run(mismatch, rule).findings
    assert run(mismatch, rule, settings=Settings(rules=(RuleSettings("a-rule", "note"),))).findings


def test_a_rule_that_fails_is_named_and_the_other_findings_stand(mismatch: Repository, give: Give) -> None:
    broken = give("a-rule", at(TFVARS, 0, 1), ValueError("no such thing"))
    report = run(mismatch, broken, MISMATCH, checked("has-no-check"))
    assert [finding.rule for finding in report.findings] == ["a-rule", "lock-table-mismatch"]
    assert report.errors[0].startswith("rule a-rule: ValueError: no such thing")
    assert report.errors[1].startswith("rule has-no-check: ModuleNotFoundError")


def test_a_repository_that_cannot_be_read_is_an_error(mismatch: Repository) -> None:
    def load(_tree: Tree, _settings: Settings) -> Repository:
        raise KeyError("root")

    report = lint(mismatch.tree, {}, Settings(), load)
    assert report.errors[0].startswith("the repository could not be read: KeyError: 'root'")


@pytest.mark.parametrize(
    ("narrowed", "found"),
    [
        ((), True),
        (("envs",), True),
        ((TFVARS,), True),
        (("backends",), True),
        (("env",), False),
        (("modules", "backends/staging.hcl"), True),
        (("",), True),
    ],
)
def test_paths_narrow_to_findings_with_a_place_in_them(
    mismatch: Repository, narrowed: tuple[str, ...], found: bool
) -> None:
    assert bool(run(mismatch, MISMATCH, narrowed=narrowed).findings) is found


def test_findings_come_in_order_of_path_and_place(mismatch: Repository, give: Give) -> None:
    first = give("z-rule", at(TFVARS, 9, 10), at(BACKEND, 5, 6))
    second = give("a-rule", at(TFVARS, 2, 3))
    spans = [finding.span[:2] for finding in run(mismatch, first, second).findings]
    assert spans == [(BACKEND, 5), (TFVARS, 2), (TFVARS, 9)]


def test_many_links_to_one_file_are_one_cause(repository: Make, give: Give) -> None:
    tree = DictTree(
        {"common/backend.tf": "a = 1\n"},
        {"dev/backend.tf": "common/backend.tf", "prod/backend.tf": "common/backend.tf"},
    )
    rule = give("a-rule", at("dev/backend.tf", 0, 1), at("prod/backend.tf", 0, 1))
    (finding,) = run(repository(tree), rule).findings
    assert finding.span == Span("common/backend.tf", 0, 1)
    assert not finding.related


def test_settings_keep_excluded_paths_from_being_read(mismatch: Repository) -> None:
    seen: list[str] = []

    def load(tree: Tree, _settings: Settings) -> Repository:
        seen.extend(tree.paths())
        return mismatch

    lint(mismatch.tree, {}, Settings(exclude=("envs",)), load)
    assert seen == [BACKEND]


def test_a_variant_of_the_message(mismatch: Repository, give: Give) -> None:
    rule = give("a-rule", at(TFVARS, 0, 1)._replace(message="other"))
    assert run(mismatch, rule).findings[0].message == "other x"


def test_an_ignored_match_is_counted_and_the_rest_of_its_cause_stays(repository: Make, give: Give) -> None:
    tree = DictTree({"main.tf": "a = 1 # tflint-locks: ignore[b-rule] known\n"})
    report = run(repository(tree), give("a-rule", at("main.tf", 0, 1)), give("b-rule", at("main.tf", 0, 1)))
    assert [(finding.rule, finding.also) for finding in report.findings] == [("a-rule", ())]
    assert report.suppressed == 1


def test_ignoring_the_rule_that_speaks_silences_its_whole_cause(repository: Make, give: Give) -> None:
    tree = DictTree({"main.tf": "a = 1 # tflint-locks: ignore[a-rule] known\n"})
    report = run(repository(tree), give("a-rule", at("main.tf", 0, 1)), give("b-rule", at("main.tf", 0, 1)))
    assert report.findings == ()
    assert report.suppressed == 1


def test_a_severity_may_be_another_in_some_files(repository: Make, give: Give) -> None:
    tree = DictTree({"main.tf": "a = 1\n", "old/main.tf": "a = 1\n"})
    rule = give("a-rule", at("main.tf", 0, 1), at("old/main.tf", 0, 1))
    legacy = Settings(rules=(RuleSettings("a-*", "error", (("old/**", "note"),)),))
    assert [one.severity for one in run(repository(tree), rule, settings=legacy).findings] == ["error", "note"]
    only = Settings(rules=(RuleSettings("a-rule", "off", (("old/**", "note"),)),))
    assert [one.span.path for one in run(repository(tree), rule, settings=only).findings] == ["old/main.tf"]
