from tflint_locks.record import field, frozen, record, replaced


@record
class Shelf:
    name: str
    height: int = 1
    books: list[str] = field(default_factory=list)


@frozen
class Label:
    text: str
    colour: str = "red"


def test_fields_are_given_in_order_or_by_name() -> None:
    shelf = Shelf("upper", height=2)
    assert (shelf.name, shelf.height, shelf.books) == ("upper", 2, [])


def test_a_given_field_takes_the_place_of_its_default() -> None:
    books = ["atlas"]
    assert Shelf("upper", 1, books).books is books
    assert Shelf("upper", books=books).books is books


def test_each_record_has_defaults_of_its_own() -> None:
    left, right = Shelf("left"), Shelf("right")
    left.books.append("atlas")
    left.height += 1
    assert (right.books, right.height) == ([], 1)


def test_a_replaced_field_leaves_the_record_and_its_other_fields_alone() -> None:
    label = Label("here")
    other = replaced(label, text="there")
    assert (label.text, other.text, other.colour) == ("here", "there", "red")
    assert isinstance(other, Label)


def test_records_are_equal_only_to_themselves() -> None:
    assert Label("here") != Label("here")
