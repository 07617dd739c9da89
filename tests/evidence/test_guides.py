"""The guides: one a network and language, each with the same parts."""
from __future__ import annotations

from itertools import product

import pytest

from countersign.access.evidence import guiding
from countersign.networks.registry import CONNECTORS

EVERY = list(product(guiding.NETWORKS, guiding.LANGUAGES))


@pytest.mark.parametrize(("network", "language"), EVERY)
def test_every_network_has_its_guide_in_every_language(network: str, language: str) -> None:
    guide, english = guiding.guide(network, language), guiding.guide(network, "en")
    assert guide.written >= "2026-11-26"
    assert guide.address == english.address
    assert [len(steps) for _title, steps, _ordered in guide.sections] == [len(steps) for _title, steps, _ordered in english.sections]
    assert [ordered for _title, _steps, ordered in guide.sections] == [True, True, False]
    assert (language == "en") == (guide.sections[0] == english.sections[0])


def test_every_network_that_can_be_connected_has_one() -> None:
    assert set(CONNECTORS) <= set(guiding.NETWORKS)


def test_no_step_is_markup() -> None:
    texts = [step for one in EVERY for _title, steps, _ordered in guiding.guide(*one).sections for step in steps]
    assert not [text for text in texts if "<" in text or "](" in text]


@pytest.mark.parametrize("text", ["A title\nwritten: 2026-11-26\nprose without a place", "A title\n## Steps\nprose"])
def test_a_line_of_another_form_is_no_guide(text: str) -> None:
    with pytest.raises(ValueError, match="What is this line"):
        guiding.read(text)
