"""What the release protocol does with each answer of a network, step by step."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from countersign.base.errors import Conflict, KeyRefused, OutcomeUnknown, Rejected, Throttled, Unreachable
from countersign.base.values import RemoteId
from countersign.content.posts import protocol
from countersign.content.posts.protocol import (
    Claim,
    History,
    Look,
    Looked,
    Outcome,
    Record,
    Release,
    Result,
    Send,
    State,
    Step,
    Steps,
    Timings,
    Verdict,
)
from countersign.networks.contract import DeliveryFacts, Found, Guarantee, Published

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
THERE = Published(RemoteId("110"), "https://mastodon.example/@delinde/110")
RELEASE = Release(DeliveryFacts(Guarantee.NOTHING, reads_back_within=timedelta(seconds=15)))
LANDS = AT + RELEASE.timings.lease + RELEASE.timings.late


def carried_out(steps: Steps, *answers: object) -> tuple[Verdict, list[Step]]:
    """The verdict, and the steps that were asked for, when they are answered with these."""
    asked: list[Step] = []
    following: Iterator[object] = iter(answers)

    def perform(step: Step) -> object:
        asked.append(step)
        return next(following)

    return protocol.carry_out(steps, perform), asked


def after(*results: Result | None, at: datetime = AT) -> History:
    """A history of attempts a minute apart, the last one claimed at AT, each ended at once; None: its broker died then."""
    history = History(at)
    for number, result in enumerate(results, start=1):
        moment = AT - (len(results) - number) * 10 * MINUTE
        history = history.claim(number, at=moment, lease_until=moment + RELEASE.timings.lease)
        history = history.record(number, result, at=moment) if result else history.end(frozenset({number}), at=moment)
    return history


def sent(result: Result, *, release: Release = RELEASE, history: History | None = None) -> Verdict:
    """The verdict after one sending with this result."""
    history = history or History(AT)
    fence = history.fence + 1
    claimed = history.claim(fence, at=AT, lease_until=AT + release.timings.lease)
    steps = release.deliver(history, fence=fence)
    assert isinstance(next(steps), Claim)
    assert isinstance(steps.send(claimed), Send)
    recorded = steps.send(result)
    assert isinstance(recorded, Record)
    with pytest.raises(StopIteration) as end:
        steps.send(claimed.record(fence, recorded.result, at=AT))
    verdict: Verdict = end.value.value
    return verdict


def looked(complete_until: datetime | None, *, history: History, at: datetime, published: Published | None = None) -> Looked:
    return Looked(at, Found(published, complete_until), history)


def test_what_was_published_is_published() -> None:
    verdict = sent(Result(Outcome.PUBLISHED, published=THERE))
    assert (verdict.state, verdict.published) == (State.PUBLISHED, THERE)


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (Unreachable("Nobody answers."), State.DUE),
        (Throttled("Wait.", retry_at=AT + 5 * MINUTE), State.DUE),
        (KeyRefused("Who are you?"), State.HELD),
        (Rejected("Too long."), State.FAILED),
        (OutcomeUnknown("Silence."), State.UNCONFIRMED),
    ],
)
def test_each_error_of_a_network_has_its_own_verdict(error: Unreachable, state: State) -> None:
    verdict = sent(protocol.result_of(error))
    assert (verdict.state, bool(verdict.why), verdict.asks) == (state, True, False)


def test_a_throttled_delivery_is_not_sent_before_the_network_allows_it() -> None:
    history = after(Result(Outcome.NOTHING, not_before=AT + 5 * MINUTE), at=AT + 4 * MINUTE)
    verdict, asked = carried_out(RELEASE.deliver(history, fence=2))
    assert (verdict.state, verdict.not_before, asked) == (State.DUE, AT + 5 * MINUTE, [])


def test_a_published_delivery_set_back_to_due_is_answered_and_not_sent() -> None:
    history = after(Result(Outcome.PUBLISHED, published=THERE), at=AT + 1000 * MINUTE)
    verdict, asked = carried_out(RELEASE.deliver(history, fence=99))
    assert (verdict.state, verdict.published, asked) == (State.PUBLISHED, THERE, [])


def test_a_rejected_delivery_is_never_sent_again() -> None:
    verdict, asked = carried_out(RELEASE.deliver(after(Result(Outcome.REJECTED, why="No.")), fence=2))
    assert (verdict.state, asked) == (State.FAILED, [])


def test_a_refused_key_is_tried_again_under_a_new_claim() -> None:
    history = after(Result(Outcome.KEY_REFUSED))
    assert isinstance(next(RELEASE.deliver(history, fence=2)), Claim)


def test_a_fence_used_before_claims_nothing() -> None:
    verdict, asked = carried_out(RELEASE.deliver(after(Result(Outcome.ABSENT)), fence=1))
    assert (verdict.state, asked) == (State.DUE, [])


def test_whoever_loses_the_claim_sends_nothing() -> None:
    verdict, asked = carried_out(RELEASE.deliver(History(AT), fence=1), None)
    assert verdict.state is State.UNCONFIRMED
    assert [type(step) for step in asked] == [Claim]


def test_an_attempt_nobody_recorded_is_looked_for_and_not_sent() -> None:
    history = after(None, at=AT + MINUTE)
    verdict, asked = carried_out(
        RELEASE.deliver(history, fence=2), looked(AT + MINUTE, history=history, at=AT + MINUTE)
    )
    assert [type(step) for step in asked] == [Look]
    assert (verdict.state, verdict.not_before) == (State.UNCONFIRMED, LANDS + timedelta(seconds=15))


@pytest.mark.parametrize(
    ("complete_until", "read_at", "is_proof"),
    [
        (LANDS, LANDS + timedelta(seconds=15), True),
        (LANDS - timedelta(seconds=1), LANDS + timedelta(seconds=15), False),
        (LANDS + MINUTE, LANDS + timedelta(seconds=14), False),  # complete beyond what the facts allow is not believed
        (None, LANDS + MINUTE, False),
    ],
)
def test_absence_is_proved_by_a_view_complete_past_the_last_landing(
    complete_until: datetime | None, read_at: datetime, is_proof: bool
) -> None:
    history = after(None, at=read_at)
    closed = history.record(1, Result(Outcome.ABSENT), at=read_at)
    verdict, asked = carried_out(
        RELEASE.settle(history), looked(complete_until, history=history, at=read_at), closed
    )
    assert (Record(1, Result(Outcome.ABSENT)) in asked) is is_proof
    assert verdict.state is (State.DUE if is_proof else State.UNCONFIRMED)


def test_what_reading_finds_is_published() -> None:
    history = after(None, at=AT + MINUTE)
    found = history.record(1, Result(Outcome.PUBLISHED, published=THERE), at=AT + MINUTE)
    verdict, _ = carried_out(RELEASE.settle(history), looked(None, history=history, at=AT, published=THERE), found)
    assert (verdict.state, verdict.published) == (State.PUBLISHED, THERE)


def test_the_post_of_another_delivery_proves_nothing() -> None:
    history = after(None, at=LANDS + MINUTE)
    seen = Looked(LANDS + MINUTE, Found(THERE, LANDS + MINUTE), history, is_anothers=True)
    verdict, asked = carried_out(RELEASE.settle(history), seen)
    assert (verdict.state, len(asked)) == (State.UNCONFIRMED, 1)


def test_when_patience_is_over_a_person_is_asked() -> None:
    at = LANDS + RELEASE.timings.patience
    assert not RELEASE.standing(after(None, at=at - MINUTE)).asks
    assert RELEASE.standing(after(None, at=at)).asks


def test_patience_begins_when_somebody_can_read_again() -> None:
    at = LANDS + 1000 * MINUTE
    history = replace(after(Result(Outcome.UNKNOWN), at=at), opened_at=at - MINUTE)
    assert not RELEASE.standing(history).asks
    assert RELEASE.standing(replace(history, at=at + RELEASE.timings.patience)).asks


def test_where_reading_is_never_proof_a_person_is_asked_as_soon_as_it_can_no_longer_land() -> None:
    release = Release(DeliveryFacts(Guarantee.NOTHING, reads_back_within=None))
    assert not release.standing(after(None, at=LANDS - MINUTE)).asks
    assert release.standing(after(None, at=LANDS)).asks


def test_an_attempt_under_way_is_waited_for_however_long_ago_its_lease_ended() -> None:
    history = History(AT + 9 * MINUTE).claim(1, at=AT, lease_until=AT + MINUTE)
    assert RELEASE.lands_by(history) is None
    verdict, _ = carried_out(
        RELEASE.deliver(history, fence=2), looked(AT + 9 * MINUTE, history=history, at=AT + 9 * MINUTE)
    )
    assert verdict.state is State.UNCONFIRMED


@pytest.mark.parametrize(
    ("seconds", "fence", "may"), [(0, 1, True), (60, 1, True), (61, 1, False), (-1, 1, False), (0, 2, False), (0, 0, False)]
)
def test_it_may_write_only_under_the_newest_fence_with_the_deadline_inside_the_lease(
    seconds: int, fence: int, may: bool
) -> None:
    history = History(AT + timedelta(seconds=seconds)).claim(1, at=AT, lease_until=AT + timedelta(seconds=90))
    assert RELEASE.may_write(history, fence=fence) is may


def test_whoever_was_settled_while_asleep_may_not_write() -> None:
    history = History(AT).claim(1, at=AT, lease_until=AT + MINUTE).record(1, Result(Outcome.ABSENT), at=AT)
    assert not RELEASE.may_write(history, fence=1)


def test_equal_words_refused_after_a_doubtful_attempt_are_no_failure_but_a_question() -> None:
    release = Release(DeliveryFacts(Guarantee.SAME_WORDS_REFUSED, reads_back_within=timedelta(0)))
    history = after(Result(Outcome.ABSENT), at=AT)
    assert sent(Result(Outcome.REJECTED), release=release, history=history).state is State.UNCONFIRMED
    assert sent(Result(Outcome.REJECTED), release=release).state is State.FAILED


def test_the_networks_own_word_that_it_has_them_outweighs_a_view_without_them() -> None:
    release = Release(DeliveryFacts(Guarantee.SAME_WORDS_REFUSED, reads_back_within=timedelta(0)))
    history = after(Result(Outcome.ABSENT), Result(Outcome.DUPLICATE), at=LANDS + MINUTE)
    verdict, asked = carried_out(
        release.settle(history), looked(LANDS + MINUTE, history=history, at=LANDS + MINUTE)
    )
    assert (verdict.state, verdict.asks, len(asked)) == (State.UNCONFIRMED, True, 1)


def test_a_person_may_not_say_that_nothing_is_there_while_it_may_still_appear() -> None:
    with pytest.raises(Conflict):
        carried_out(RELEASE.settle_by_person(after(None, at=LANDS - MINUTE), None, by="Ben"))


def test_a_person_who_found_nothing_makes_it_due() -> None:
    history = after(None, at=LANDS)
    result = Result(Outcome.ABSENT, by="Ben")
    verdict, asked = carried_out(
        RELEASE.settle_by_person(history, None, by="Ben"), history.record(1, result, at=LANDS)
    )
    assert (verdict.state, asked) == (State.DUE, [Record(1, result)])


def test_a_person_who_found_it_makes_it_published() -> None:
    history = after(None, at=AT + MINUTE)
    result = Result(Outcome.PUBLISHED, published=THERE, by="Ben")
    verdict, asked = carried_out(
        RELEASE.settle_by_person(history, THERE, by="Ben"), history.record(1, result, at=AT)
    )
    assert (verdict.published, asked) == (THERE, [Record(1, result)])


def test_words_a_network_refuses_as_a_repetition_fail_when_a_person_finds_nothing() -> None:
    history = after(Result(Outcome.ABSENT), Result(Outcome.DUPLICATE), at=LANDS)
    _, asked = carried_out(RELEASE.settle_by_person(history, None, by="Ben"), history)
    assert [step.result.outcome for step in asked if isinstance(step, Record)] == [Outcome.REJECTED]


def test_what_is_settled_is_not_reopened_by_a_late_word_unless_it_was_published() -> None:
    history = after(Result(Outcome.ABSENT))
    assert not history.record(1, Result(Outcome.UNKNOWN), at=AT).open
    late = history.record(1, Result(Outcome.PUBLISHED, published=THERE), at=AT)
    assert RELEASE.standing(late).state is State.PUBLISHED


def test_a_deadline_as_long_as_the_lease_is_no_timing() -> None:
    with pytest.raises(ValueError, match="shorter than the lease"):
        Timings(deadline=MINUTE, lease=MINUTE)


# --- after a restored backup -------------------------------------------------------------------------------------------

DOUBTED = Result(Outcome.DOUBTED)


def test_what_is_in_doubt_is_read_back_and_not_sent() -> None:
    history = after(DOUBTED, at=AT + MINUTE)
    verdict, asked = carried_out(RELEASE.deliver(history, fence=2), looked(AT + MINUTE, history=history, at=AT + MINUTE))
    assert ([type(step) for step in asked], verdict.state) == ([Look], State.UNCONFIRMED)


@pytest.mark.parametrize("by", ["", "Ben"])
def test_what_is_in_doubt_and_not_there_is_held_for_a_person_since_it_may_have_been_deleted(by: str) -> None:
    at = LANDS + MINUTE
    history = after(DOUBTED, at=at)
    steps = RELEASE.settle_by_person(history, None, by=by) if by else RELEASE.settle(history)
    answers = [] if by else [looked(at, history=history, at=at)]
    missing = Result(Outcome.MISSING, why="It is not there.")
    verdict, asked = carried_out(steps, *answers, history.record(1, missing, at=at))
    recorded = asked[-1]
    assert isinstance(recorded, Record)
    assert (recorded.result.outcome, verdict.state) == (Outcome.MISSING, State.HELD)


def test_what_was_held_so_is_sent_under_a_new_claim_once_a_person_let_it() -> None:
    assert isinstance(next(RELEASE.deliver(after(Result(Outcome.MISSING)), fence=2)), Claim)


# --- a person's word ---------------------------------------------------------------------------------------------------

TOLD = Result(Outcome.PUBLISHED, published=Published(RemoteId("4711"), "https://mastodon.example/4711"), by="Ben")


def test_what_a_person_told_gives_way_to_what_is_read() -> None:
    history = after(TOLD, at=AT + MINUTE)
    read = Result(Outcome.PUBLISHED, published=THERE)
    verdict, asked = carried_out(
        RELEASE.confirm(history), looked(None, history=history, at=AT, published=THERE), history.record(1, read, at=AT)
    )
    assert (asked[-1], verdict.published) == (Record(1, read), THERE)


@pytest.mark.parametrize(("published", "is_anothers"), [(None, False), (THERE, True)])
def test_what_reading_does_not_show_stays_as_it_was_told(published: Published | None, is_anothers: bool) -> None:
    history = after(TOLD, at=AT + MINUTE)
    seen = Looked(AT, Found(published, AT + MINUTE), history, is_anothers=is_anothers)
    verdict, asked = carried_out(RELEASE.confirm(history), seen)
    assert (len(asked), verdict.published) == (1, TOLD.published)


def test_what_was_read_is_not_read_again() -> None:
    assert carried_out(RELEASE.confirm(after(Result(Outcome.PUBLISHED, published=THERE))))[1] == []
