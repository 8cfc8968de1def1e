from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from oitcheck.crawl.ordering import interleaved


def order(*works):
    return interleaved(works, place_of=lambda work: work[0], amount_of=lambda work: work[1])


def test_the_longest_first_and_places_in_turn():
    found = order(("a", 1), ("a", 2), ("vendor", 5), ("vendor", 9), ("vendor", 5), ("b", 3))
    assert found == (("vendor", 9), ("a", 2), ("vendor", 5), ("b", 3), ("vendor", 5), ("a", 1))


def test_one_place_alone_and_nothing():
    assert order(("a", 1), ("a", 3)) == (("a", 3), ("a", 1))
    assert order() == ()


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 9))))
def test_nothing_is_lost_and_neighbours_differ_while_others_wait(works):
    found = order(*works)
    assert sorted(found) == sorted(works)
    for number, (one, other) in enumerate(pairwise(found)):
        if one[0] == other[0]:
            assert all(work[0] == one[0] for work in found[number:])
