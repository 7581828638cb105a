"""Regions that Terraform's backend does not know, or not yet in the version that is pinned."""

import re
from collections.abc import Iterator

from tflint_locks.data.regions import PARTITIONS, REGIONS, SINCE
from tflint_locks.finding import Match, Related, Severity
from tflint_locks.resolve.endpoints import store
from tflint_locks.resolve.model import Configuration, Repository
from tflint_locks.resolve.phrases import environments_of
from tflint_locks.resolve.tools import certainly_terraform, signs_of_tofu
from tflint_locks.resolve.versions import Pin, left_by, minor_of, pins
from tflint_locks.resolve.words import nearest
from tflint_locks.value import text_of

_STEMS = frozenset(region.rpartition("-")[0] for region in REGIONS)


def check(repository: Repository) -> Iterator[Match]:
    """Yield the regions of closed configurations on AWS itself."""
    for configuration in repository.configurations:
        text = _judged(configuration)
        if text is None:
            continue
        if text in REGIONS:
            pin = _too_old(repository, configuration, text) if text in SINCE else None
            if pin:
                yield _too_new(configuration, text, pin)
        elif (match := _unknown(configuration, text)) is not None:
            yield match


def _judged(configuration: Configuration) -> str | None:
    if configuration.type != "s3" or not configuration.closed or store(configuration) != "aws":
        return None
    skip = configuration.settings.get("skip_region_validation")
    if skip and text_of(skip.value) not in ("false", "0"):
        return None
    setting = configuration.settings.get("region")
    return text_of(setting.value) if setting else None


def _unknown(configuration: Configuration, text: str) -> Match | None:
    """Judge a region in no list: a new number of a known place, or a name of the right shape, may be a new one."""
    if not text.strip():
        return None
    shaped = any(re.fullmatch(pattern, text) for pattern in PARTITIONS.values())
    near = nearest(text.strip().lower(), REGIONS)
    if shaped and (near is None or text.rpartition("-")[0] in _STEMS):
        return _match(configuration, {"value": text}, "new", severity=Severity.NOTE)
    return _match(configuration, {"value": text, "near": near}, "default", replacement=near) if near else None


def _too_old(repository: Repository, configuration: Configuration, region: str) -> Pin | None:
    first = minor_of(SINCE[region])
    for pin in pins(repository, configuration):
        versions = left_by(pin.constraint)
        if versions and all(version[:2] < first for version in versions):
            return pin if certainly_terraform(repository, configuration, signs_of_tofu(repository)) else None
    return None


def _too_new(configuration: Configuration, region: str, pin: Pin) -> Match:
    words = {"value": region, "since": SINCE[region], "constraint": pin.constraint, "other": pin.span.path}
    return _match(configuration, words, "too-new", related=(Related(pin.span, "the version is pinned here"),))


def _match(  # noqa: PLR0913 (the parts of a match that differ)
    configuration: Configuration,
    words: dict[str, str],
    message: str,
    *,
    related: tuple[Related, ...] = (),
    severity: Severity | None = None,
    replacement: str | None = None,
) -> Match:
    span = configuration.settings["region"].span
    return Match(
        span,
        words,
        related,
        message=message,
        environments=environments_of(configuration),
        severity=severity,
        replacement=replacement,
    )
