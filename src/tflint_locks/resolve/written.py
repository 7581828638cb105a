"""Files that scripts and workflows write: here-documents, redirections, cp, sed, envsubst."""

from tflint_locks.facts import ScriptFile
from tflint_locks.resolve.invocations import expand, join
from tflint_locks.resolve.model import Repository
from tflint_locks.value import Value, known, text_of


def may_be_written(repository: Repository, path: str) -> bool:
    """Tell whether some script or workflow may write a file or the folder it lies in."""
    scripts = (file for file in repository.facts.values() if isinstance(file, ScriptFile))
    return any(_may_write(item.path, item.directory, path) for file in scripts for item in file.written)


def _may_write(written: Value, directory: Value, path: str) -> bool:
    names = [path, path.rpartition("/")[2]]
    places = [join(directory, written), written]
    if any(expand(place, names) for place in places):
        return True
    return any(
        known(place) and path.startswith((text_of(place) or "\0").removeprefix("./").rstrip("/") + "/")
        for place in places
    )
