"""A4: what the name servers say about a domain's mail, asked of a real one on loopback."""
from __future__ import annotations

from collections.abc import Iterator

import pytest

from countersign.base.errors import Invalid
from countersign.calls import client, messages
from tests.broker.mailboxes import Watch, watching


@pytest.fixture(scope="module")
def watch(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    """Name servers that know a few domains."""
    with watching(tmp_path_factory.mktemp("names")) as watch:
        names = watch.names
        names.say("delinde.example", "MX", "20 second.mail.example.", "10 first.mail.example.")
        names.say("delinde.example", "TXT", "some-proof=1", "v=spf1 include:mail.example -all")
        names.say("_dmarc.delinde.example", "TXT", "v=DMARC1; p=reject")
        names.say("silent.example", "MX", "0 .")
        names.say("twice.example", "TXT", "v=spf1 -all", "v=spf1 +all")
        names.say("long.example", "TXT", "v=spf1 " + "ip4:192.0.2.1 " * 60 + "-all")
        yield watch


def facts(domain: str) -> messages.DomainFacts:
    found: messages.DomainFacts = client.ask(messages.CheckDomain(domain))
    return found


def test_a_domains_mail_is_described(watch: Watch) -> None:
    assert facts("DeLinde.example.") == messages.DomainFacts(
        ["first.mail.example", "second.mail.example"], "v=spf1 include:mail.example -all", "v=DMARC1; p=reject", True
    )


def test_a_rule_about_forged_mail_counts_for_what_lies_below_it(watch: Watch) -> None:
    assert facts("mail.delinde.example") == messages.DomainFacts([], "", "v=DMARC1; p=reject", True)


def test_a_domain_that_takes_no_mail_has_no_servers(watch: Watch) -> None:
    assert facts("silent.example").mx == []


def test_two_rules_count_as_none(watch: Watch) -> None:
    assert facts("twice.example").spf == ""


def test_a_long_rule_is_put_together(watch: Watch) -> None:
    assert facts("long.example").spf.count("ip4:192.0.2.1") == 60


def test_a_domain_that_does_not_exist_is_told_from_servers_that_do_not_answer(watch: Watch) -> None:
    watch.names.broken.add("broken.example")
    watch.names.silent.add("mute.example")
    assert facts("nowhere.example") == messages.DomainFacts([], "", "", True)
    assert facts("broken.example") == messages.DomainFacts([], "", "", False)
    assert facts("mute.example") == messages.DomainFacts([], "", "", False)


def test_a_domain_in_other_letters_is_asked_for_as_it_is_written_in_names(watch: Watch) -> None:
    watch.names.say("xn--brauerei-lschen-ltb.example", "MX", "10 mail.example.")
    watch.names.asked.clear()
    facts("brauerei-löschen.example")
    assert watch.names.asked[0].startswith("xn--brauerei-l")


@pytest.mark.parametrize("domain", ["", "localhost", "a b.example", "a..example", "-a.example", "192.0.2.1", "x" * 300 + ".example", "a@b.example", "https://a.example"])
def test_what_is_no_domain_is_not_asked_for(watch: Watch, domain: str) -> None:
    watch.names.asked.clear()
    with pytest.raises(Invalid):
        facts(domain)
    assert watch.names.asked == []
