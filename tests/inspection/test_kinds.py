"""Every kind of mail in every language is told apart: those that the rules were tuned on, and others in other words."""
from __future__ import annotations

from collections.abc import Iterator

import pytest

from countersign.inspection.mails.classifying import kind_of_text
from countersign.inspection.mails.kinds import LABELS, Kind
from countersign.inspection.mails.reasons import SENTENCES, Reason, Verdict
from tests.inspection.corpus import CORPUS
from tests.inspection.corpus_more import MORE
from tests.inspection.corpus_oblique import OBLIQUE
from tests.inspection.held_out import HELD_OUT
from tests.inspection.letters import FROM, LINKS, SENDERS, Post, from_network, judged

NETWORKS = list(FROM)
ENOUGH = 0.9  # of the mails held out


def test_every_kind_and_every_reason_has_its_words() -> None:
    assert (set(LABELS), set(SENTENCES), len(Kind)) == (set(Kind), set(Reason), 12)
    for corpus in (CORPUS, MORE, OBLIQUE, HELD_OUT):
        assert set(corpus) == {"en", "fr", "nl", "de"}
        assert all(set(kinds) == set(Kind) for kinds in corpus.values())  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", CORPUS)
@pytest.mark.parametrize("kind", Kind)
def test_a_mail_is_signed_believed_and_told_apart(language: str, kind: Kind) -> None:
    network = NETWORKS[(list(Kind).index(kind) + list(CORPUS).index(language)) % len(NETWORKS)]
    post, (subject, text) = Post(), CORPUS[language][kind]
    found = judged(post, from_network(post, network, as_of(network, subject), as_of(network, text)))
    assert (found.kind, found.verdict, found.network) == (kind, Verdict.GENUINE, network), found.reasons


def test_mails_in_other_words_are_told_apart_too() -> None:
    tuned = [(kind, mail) for kinds in MORE.values() for kind, mails in kinds.items() for mail in mails]
    tuned += [(kind, mail) for kinds in OBLIQUE.values() for kind, mail in kinds.items()]
    assert len(tuned) == 144
    assert [(kind, subject) for kind, (subject, text) in tuned if kind_of_text(subject, text) != kind] == []


def test_mails_that_no_rule_was_tuned_on_are_told_apart_mostly() -> None:
    wrong, doubted, count = list[str](), list[str](), 0
    for language, kind, subject, text in held_out():
        network, post, count = NETWORKS[count % len(NETWORKS)], Post(), count + 1
        found = judged(post, from_network(post, network, as_of(network, subject), as_of(network, text)))
        if found.kind != kind:
            wrong.append(f"{language} {kind}: {found.kind}")
        if found.verdict != Verdict.GENUINE:
            doubted.append(f"{language} {kind}: {', '.join(found.reasons)}")
    print(f"\nheld out: {count - len(wrong)} of {count} kinds right, {len(doubted)} doubted", *wrong, *doubted, sep="\n  ")
    assert len(wrong) <= (1 - ENOUGH) * count
    assert len(doubted) <= (1 - ENOUGH) * count


def held_out() -> Iterator[tuple[str, str, str, str]]:
    """Language, kind, subject and text."""
    for language, kinds in HELD_OUT.items():
        for kind, (subject, text) in kinds.items():
            yield language, kind, subject, text


def as_of(network: str, text: str) -> str:
    """The words as this network would send them: its links, and its handle of ours."""
    handle = next(sender["handle"] for sender in SENDERS if sender["network"] == network)
    return text.replace("{link}", LINKS[network]).replace("@delinde", f"@{handle}")


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Mia mentioned you", "Mia replied to your post: my password was changed, what now?"),
        ("Three new followers", "Somebody followed you. See who."),
        ("Lunch on Friday?", "Shall we meet at noon? I will bring the new labels."),
        ("Rechnung November", "Im Anhang die Rechnung. Danke für den Auftrag."),
        ("Vergadering verplaatst", "De vergadering van maandag is verplaatst naar dinsdag om tien uur."),
        ("Votre commande", "Votre commande de houblon partira demain matin."),
        ("", ""),
    ],
)
def test_what_is_none_of_them_is_called_none_of_them(subject: str, text: str) -> None:
    assert kind_of_text(subject, text) is None
