import pytest

from tflint_locks.source import says


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("terraform init", True),
        ("TERRAFORM Init", True),
        ("größer: Lock_Table", True),
        ("\ud800 tfstate of a text that is no UTF-8", False),
        ("terra form", False),
        ("", False),
    ],
)
def test_words_are_found_however_they_are_written(text: str, expected: bool) -> None:
    assert says(text, (b"terraform", b"lock_table")) is expected
