"""The settings that hold, each with where it comes from."""

from collections.abc import Iterator, Mapping

from tflint_locks.render.escape import visible
from tflint_locks.rule import Rule
from tflint_locks.settings import OFF, Levels, Settings

DEFAULT = "default"


def settings_lines(settings: Settings, rules: Mapping[str, Rule], fail_on: str | None) -> Iterator[str]:
    """Yield a line for each setting: its name, its value, and the file and line, flag or default it comes from."""
    lines = dict(settings.origins)

    def shown(name: str, value: object) -> str:
        where = f"{settings.path}:{lines[name]}" if name in lines else DEFAULT
        return visible(f"{name} = {value}  # {where}")

    yield visible(f"settings = {settings.path or 'none'}")
    yield shown("project", settings.project or "as names begin")
    yield shown("tool", " ".join(settings.tool[:2]).rstrip() if settings.tool else "as the repository says")
    for convention in settings.conventions:
        above = f"environments.{convention.environment}." if convention.environment else ""
        yield shown(f"{above}conventions.{convention.subject}", " or ".join(convention.templates))
    for environment in settings.environments:
        parts = {
            "aliases": ", ".join(environment.aliases),
            "paths": ", ".join(environment.paths),
            "account": environment.account,
            "region": environment.region,
        }
        stated = ", ".join(f"{name} {value}" for name, value in parts.items() if value)
        yield shown(f"environments.{environment.name}", stated or "named")
    yield shown("exclude", ", ".join(settings.exclude) or "nothing")
    yield shown("require_reason", str(settings.require_reason).lower())
    yield shown("rule_files", ", ".join(settings.rule_files) or "none")
    for one in settings.ignores:
        until = f", until {one.until}" if one.until else ""
        silenced = f"{', '.join(one.rules)} in {', '.join(one.paths)}{until}: {one.reason}"
        yield visible(f"ignore = {silenced}  # {settings.path}:{one.line}")
    if fail_on:
        yield f"fail_on = {fail_on}  # --fail-on"
    else:
        yield shown("fail_on", settings.fail_on or "warning")
    yield from _rule_lines(settings, rules, lines)


def _rule_lines(settings: Settings, rules: Mapping[str, Rule], lines: Mapping[str, int]) -> Iterator[str]:
    levels = Levels(settings)
    for rule in rules.values():
        level = levels.of(rule.id, OFF if rule.off else rule.severity.value)
        level += "".join(f", {there} in {glob}" for glob, there in levels.in_files(rule.id))
        level += "" if levels.silenceable(rule.id) else ", never silenced"
        stated = levels.stated_by(rule.id)
        where = f"{settings.path}:{lines[f'rules.{stated}']}" if stated else DEFAULT
        yield visible(f"rules.{rule.id} = {level}  # {where}")
