"""Regular expressions that are compiled when they are first asked for: a run needs few of all there are."""

import re
from typing import Any, cast


class _Pattern:
    """Stands for a compiled pattern; what is asked of it is taken from that and kept."""

    def __init__(self, text: str, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self._text, self._flags), name)
        setattr(self, name, found)
        return found


def regex(text: str, flags: int = 0) -> re.Pattern[str]:
    """Return what answers as ``re.compile(text, flags)`` does; a wrong text is told of when it is first used."""
    return cast("re.Pattern[str]", _Pattern(text, flags))
