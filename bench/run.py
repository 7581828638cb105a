"""How long a run takes, each against another tool on the same tree in the same run, by pairs, as medians.

    python bench/run.py [--pairs N] [--tree PATH ...] [--checkov PATH] [--tool COMMAND]

``--tree`` names checked-out repositories to compare with ``terraform fmt -check -recursive``; ``--checkov`` one to
compare with ``checkov --framework terraform``. An empty folder is always measured, with the modules byte-compiled
and without. Nothing here decides a test's result.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple


class Run(NamedTuple):
    """One run: seconds of wall clock and of processor, and peak resident memory in MB."""

    seconds: float
    processor: float
    megabytes: float


def timed(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> Run:
    """Run a command in a folder, its output thrown away."""
    started = time.perf_counter()
    with subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **(environment or {})},
    ) as process:
        _, _, usage = os.wait4(process.pid, 0)
    return Run(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def median(runs: list[Run]) -> Run:
    """Return the medians of several runs."""
    return Run(*(statistics.median(figures) for figures in zip(*runs, strict=True)))


def by_pairs(ours: list[str], theirs: list[str], folder: Path, pairs: int) -> tuple[Run, Run]:
    """Run two commands in turn, after one run of each that does not count."""
    timed(ours, folder), timed(theirs, folder)
    both = [(timed(ours, folder), timed(theirs, folder)) for _ in range(pairs)]
    return median([left for left, _ in both]), median([right for _, right in both])


def report(what: str, ours: Run, theirs: Run | None = None, other: str = "") -> None:
    """Print one row."""
    row = f"{what:48} {ours.seconds:8.3f} s {ours.processor:8.3f} s processor {ours.megabytes:6.0f} MB"
    if theirs:
        row += f"   {other} {theirs.seconds:8.3f} s {theirs.processor:8.3f} s processor"
        row += f"   ratio {ours.seconds / theirs.seconds:.3f}, processor {ours.processor / theirs.processor:.3f}"
    print(row, flush=True)


def empty_folder(tool: list[str], pairs: int) -> None:
    """Measure a folder without files, with byte-compiled modules and without."""
    with tempfile.TemporaryDirectory() as folder:
        timed([*tool, "check", "."], Path(folder))
        report(
            "empty folder, byte-compiled",
            median([timed([*tool, "check", "."], Path(folder)) for _ in range(3 * pairs)]),
        )
        runs = []
        for _ in range(pairs):
            with tempfile.TemporaryDirectory() as cache:
                clean = {"PYTHONPYCACHEPREFIX": cache, "PYTHONDONTWRITEBYTECODE": "1"}
                runs.append(timed([*tool, "check", "."], Path(folder), clean))
        report("empty folder, nothing byte-compiled", median(runs))


def main() -> int:
    """Measure what the arguments name."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--tree", type=Path, action="append", default=[])
    parser.add_argument("--checkov", type=Path)
    parser.add_argument("--tool", default=f"{sys.executable} -m tflint_locks")
    arguments = parser.parse_args()
    tool = arguments.tool.split()
    empty_folder(tool, arguments.pairs)
    terraform, checkov = shutil.which("terraform"), shutil.which("checkov")
    for tree in arguments.tree:
        if terraform is None:
            report(tree.name, median([timed([*tool, "check", "."], tree) for _ in range(arguments.pairs)]))
            continue
        theirs = [terraform, "fmt", "-check", "-recursive"]
        report(tree.name, *by_pairs([*tool, "check", "."], theirs, tree, arguments.pairs), "terraform fmt")
    if arguments.checkov and checkov:
        theirs = [checkov, "--framework", "terraform", "--directory", ".", "--quiet", "--compact", "--skip-download"]
        ours = median([timed([*tool, "check", "."], arguments.checkov) for _ in range(arguments.pairs)])
        report(arguments.checkov.name, ours, timed(theirs, arguments.checkov), "checkov")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
