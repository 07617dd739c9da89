"""Every kind of mail in every language is told apart: those that the rules were tuned on, and others in other words."""
from __future__ import annotations

import pytest

from countersign.inspection.mails.kinds import LABELS, Kind
from countersign.inspection.mails.reasons import SENTENCES, Reason, Verdict
from tests.inspection.corpus import CORPUS
from tests.inspection.held_out import HELD_OUT
from tests.inspection.letters import FROM, LINKS, SENDERS, Post, from_network, judged

NETWORKS = list(FROM)
ENOUGH = 0.9  # of the mails in other words; the count is printed, and stands in the decision record


def test_every_kind_and_every_reason_has_its_words() -> None:
    assert (set(LABELS), set(SENTENCES), len(Kind)) == (set(Kind), set(Reason), 12)
    assert all(set(kinds) == set(Kind) for kinds in CORPUS.values())
    assert all(set(kinds) == set(Kind) and all(len(mails) == 2 for mails in kinds.values()) for kinds in HELD_OUT.values())


@pytest.mark.parametrize("language", CORPUS)
@pytest.mark.parametrize("kind", Kind)
def test_a_mail_is_signed_believed_and_told_apart(language: str, kind: Kind) -> None:
    network = NETWORKS[(list(Kind).index(kind) + list(CORPUS).index(language)) % len(NETWORKS)]
    post, (subject, text) = Post(), CORPUS[language][kind]
    found = judged(post, from_network(post, network, subject, as_of(network, text)))
    assert (found.kind, found.verdict, found.network) == (kind, Verdict.GENUINE, network), found.reasons


def test_mails_in_other_words_are_told_apart() -> None:
    wrong, count, doubted = list[str](), 0, list[str]()
    for language, kinds in HELD_OUT.items():
        for kind, mails in kinds.items():
            for number, (subject, text) in enumerate(mails):
                network, post, count = NETWORKS[(count) % len(NETWORKS)], Post(), count + 1
                found = judged(post, from_network(post, network, as_of(network, subject), as_of(network, text)))
                if found.kind != kind:
                    wrong.append(f"{language} {kind} {number + 1}: {found.kind}")
                if found.verdict != Verdict.GENUINE:
                    doubted.append(f"{language} {kind} {number + 1}: {', '.join(found.reasons)}")
    print(f"\nin other words: {count - len(wrong)} of {count} kinds right, {len(doubted)} doubted", *wrong, *doubted, sep="\n  ")
    assert len(wrong) <= (1 - ENOUGH) * count


def as_of(network: str, text: str) -> str:
    """The words as this network would send them: its links, and its handle of ours."""
    handle = next(sender["handle"] for sender in SENDERS if sender["network"] == network)
    return text.replace("{link}", LINKS[network]).replace("@delinde", f"@{handle}")
