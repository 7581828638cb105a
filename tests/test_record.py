import copy
import pickle

import pytest

from tflint_locks.record import NamedTuple, field, frozen, record, replaced


@record
class Shelf:
    name: str
    height: int = 1
    books: list[str] = field(default_factory=list)


@frozen
class Label:
    text: str
    colour: str = "red"


class Place(NamedTuple):
    """Where a book stands."""

    shelf: str
    number: int = 1
    lent: bool = False

    @property
    def shown(self) -> str:
        return f"{self.shelf}/{self.number}"


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


def test_a_named_tuple_is_a_tuple_with_names() -> None:
    place = Place("upper", lent=True)
    assert place == ("upper", 1, True)
    assert (place.shelf, place.number, place.lent, place.shown) == ("upper", 1, True, "upper/1")
    assert hash(place) == hash(("upper", 1, True))
    assert repr(place) == "Place(shelf='upper', number=1, lent=True)"
    assert not hasattr(place, "__dict__")
    match place:
        case Place(shelf, number):
            assert (shelf, number) == ("upper", 1)


def test_a_named_tuple_replaces_parts_in_a_copy() -> None:
    place = Place("upper")
    other = place._replace(number=2)
    assert (place.number, other) == (1, Place("upper", 2))
    assert type(other) is Place
    with pytest.raises(ValueError, match="no such fields: colour"):
        place._replace(colour="red")  # type: ignore[call-arg] # what is tested


def test_a_named_tuple_takes_what_it_has_names_for() -> None:
    with pytest.raises(TypeError, match="'shelf'"):
        Place()  # type: ignore[call-arg] # what is tested
    with pytest.raises(TypeError, match="'colour'"):
        Place("upper", colour="red")  # type: ignore[call-arg] # what is tested


def test_a_named_tuple_can_be_copied_and_kept() -> None:
    place = Place("upper", 2)
    assert copy.deepcopy(place) == pickle.loads(pickle.dumps(place)) == place  # noqa: S301 - our own text
    assert type(copy.copy(place)) is Place
