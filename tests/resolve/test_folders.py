import posixpath

from hypothesis import given
from hypothesis import strategies as st

from tflint_locks.resolve.folders import below, by_folder

_PATHS = st.lists(st.lists(st.sampled_from(["a", "b", "a-b", "a.b", "ab"]), min_size=1, max_size=4).map("/".join))


@given(_PATHS, st.sampled_from(["", "a", "a/b", "a-b", "ab/a"]))
def test_folders_hold_what_their_paths_say(paths: list[str], folder: str) -> None:
    found = by_folder(paths)
    assert list(below(found, folder)) == sorted(path for path in paths if not folder or path.startswith(folder + "/"))
    assert list(found.inside.get(folder, ())) == sorted(path for path in paths if posixpath.dirname(path) == folder)
    two_up = [path for path in paths if "/" in path and posixpath.dirname(posixpath.dirname(path)) == folder]
    assert list(found.beside.get(folder, ())) == sorted(two_up)
