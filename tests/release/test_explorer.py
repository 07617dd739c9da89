"""Every schedule of faults, through the module the broker runs: never twice, never lost."""
from __future__ import annotations

import pytest

from countersign.networks.contract import Guarantee
from tests.release.explorer import Report, explore, rows

QUICK, WHOLE = rows(), rows(whole=True)
FORGETFUL = {Guarantee.NOTHING, Guarantee.FOR_A_WHILE, Guarantee.SAME_WORDS_REFUSED}
kinds = pytest.mark.parametrize("kind", list(Guarantee), ids=str)


def _told(report: Report) -> str:
    return f"{report.schedules} schedules: {dict(report.counts)} {report.examples}"


@kinds
@pytest.mark.parametrize("row", [row for row in QUICK if row.startswith("as built")])
def test_every_delivery_is_published_exactly_once_and_nobody_is_asked(row: str, kind: Guarantee) -> None:
    report = explore(QUICK[row](kind))
    assert set(report.counts) == {"once"}, _told(report)
    assert report.schedules > 400


@kinds
@pytest.mark.attack
def test_with_three_faults_of_every_degree_it_is_still_exactly_once(kind: Guarantee) -> None:
    report = explore(WHOLE["as built, milder faults too"](kind))
    assert set(report.counts) == {"once"}, _told(report)


@pytest.mark.attack
def test_with_three_faults_and_sleepers_that_wake_amid_it_is_still_exactly_once() -> None:
    # Where nothing is remembered, whatever lands twice is seen; the others see the same schedules and forgive more.
    report = explore(WHOLE["as built, sleepers wake amid"](Guarantee.NOTHING))
    assert set(report.counts) == {"once"}, _told(report)
    assert report.schedules > 500_000


@kinds
@pytest.mark.parametrize("row", ["shows beyond the bound", "reading is never proof"])
def test_where_reading_proves_nothing_a_person_is_asked_and_it_never_goes_out_twice(row: str, kind: Guarantee) -> None:
    report = explore(QUICK[row](kind))
    assert set(report.counts) == {"once", "a person was asked"}, _told(report)


@pytest.mark.parametrize("kind", sorted(FORGETFUL), ids=str)
@pytest.mark.parametrize("row", ["fence taken out", "lock of the file broken", "a view that lies"])
def test_the_explorer_sees_duplicates_where_a_safeguard_is_missing(row: str, kind: Guarantee) -> None:
    report = explore(QUICK[row](kind))
    assert report.counts["twice"] > 0, _told(report)


@pytest.mark.parametrize("row", ["fence taken out", "lock of the file broken", "a view that lies", "later than we believe"])
def test_a_record_key_chosen_once_forgives_every_missing_safeguard(row: str) -> None:
    report = explore(QUICK[row](Guarantee.FOR_EVER))
    assert set(report.counts) == {"once"}, _told(report)


def test_a_request_later_than_we_believe_is_seen_as_a_duplicate() -> None:
    report = explore(QUICK["later than we believe"](Guarantee.NOTHING))
    assert report.counts["twice"] > 0, _told(report)
