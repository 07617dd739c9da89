"""The list of events."""
from __future__ import annotations

import re

import pytest

from countersign.audit.events import SENTENCES


def test_events_stand_in_alphabetical_order():
    assert list(SENTENCES) == sorted(SENTENCES)


@pytest.mark.parametrize("event", SENTENCES)
def test_an_event_is_a_subject_and_a_past_participle(event):
    assert re.fullmatch(r"[a-z_]+\.[a-z_]+", event)


@pytest.mark.parametrize("sentence", SENTENCES.values())
def test_a_sentence_goes_on_from_a_name_and_braces_hold_names(sentence):
    assert sentence[0].islower()
    assert not re.search(r"[{}]", re.sub(r"\{[a-z_]+\}", "", sentence))
