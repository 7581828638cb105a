"""Says on a terminal that a run is still at work, once it takes longer than a second."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

AFTER = 1.0
TEXT = "tflint-locks: reading …"


@contextmanager
def progress(*, quiet: bool) -> Iterator[None]:
    """Show a line on standard error while the work lasts, and take it away; nothing where no terminal shows it."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    from threading import Timer

    shown: list[str] = []

    def show() -> None:
        shown.append(TEXT)
        sys.stderr.write(TEXT)
        sys.stderr.flush()

    timer = Timer(AFTER, show)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        if shown:
            sys.stderr.write(f"\r{' ' * len(TEXT)}\r")
