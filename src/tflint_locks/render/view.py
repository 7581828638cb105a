"""What every output format needs to show a report, and the words of those that have no room for related places."""

from collections.abc import Mapping

from tflint_locks.finding import Finding
from tflint_locks.places import Places
from tflint_locks.record import NamedTuple
from tflint_locks.render.escape import visible
from tflint_locks.rule import Rule

NAMED_PLACES = 3


class View(NamedTuple):
    """What a report is shown with: where places lie, the rules it speaks of, how it looks.

    ``colour`` where a terminal shows it; ``quiet`` leaves out the counts.
    """

    places: Places
    rules: Mapping[str, Rule]
    colour: bool = False
    quiet: bool = False


def whole_message(finding: Finding, places: Places) -> str:
    """Return the message on one line with the other places in it."""
    named = [
        f"{visible(one.span.path)}:{places.position(one.span.path, one.span.start).line} ({visible(one.message)})"
        for one in finding.related[:NAMED_PLACES]
    ]
    more = len(finding.related) - len(named)
    see = ", ".join([*named, *([f"{more} more"] if more else [])])
    return visible(finding.message) + (f"; see {see}" if see else "")
