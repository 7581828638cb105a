"""Backend files by the folder they lie in."""

import posixpath
from collections import defaultdict
from collections.abc import Mapping

from tflint_locks.facts import Assignments
from tflint_locks.resolve.drafts import is_backend_file
from tflint_locks.resolve.model import Repository


def backend_files(repository: Repository) -> Mapping[str, list[Assignments]]:
    """Return the proven backend files of each folder."""
    found: dict[str, list[Assignments]] = defaultdict(list)
    for path, file in repository.facts.items():
        if isinstance(file, Assignments) and is_backend_file(file):
            found[posixpath.dirname(path)].append(file)
    return found
