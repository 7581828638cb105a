"""Marks that tell findings apart from run to run: without line numbers, and no two alike in one report."""

from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256

from tflint_locks.finding import Finding


def fingerprints(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield a mark for each finding, of its rule, path and message; the nth alike differs by its number."""
    seen: Counter[str] = Counter()
    for finding in findings:
        text = f"{finding.rule}\0{finding.span.path}\0{finding.message}"
        seen[text] += 1
        yield sha256(f"{text}\0{seen[text]}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
