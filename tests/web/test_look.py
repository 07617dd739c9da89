"""The tags that give every page the same hand."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.template import Context, Template
from django.utils import timezone

from countersign.web.templatetags import look
from countersign.web.values import Face, Mark, Place, Preview, Verdict, Who, Wording

DELINDE = Face("a1", "mastodon", "Mastodon", "@delinde@mastodon.example", "Brouwerij De Linde")


def shown(template: str, **context: object) -> str:
    return Template("{% load look %}" + template).render(Context(context))


def test_words_keep_their_lines_and_colour_links_without_following_them() -> None:
    html = look.words("Come!\nhttps://delinde.example/open, with @ann@social.example")
    assert html == 'Come!<br><span class="link">https://delinde.example/open</span>, with <span class="link">@ann@social.example</span>'


def test_words_of_a_stranger_cannot_become_markup() -> None:
    assert "<img" not in look.words('<img src=x onerror="x"> https://a.example/"><script>x</script>')
    assert "<script" not in look.words('https://a.example/"><script>x</script>')


def test_an_unknown_state_is_shown_as_it_is() -> None:
    assert "sleeping" in look.state("sleeping")
    assert "&lt;b&gt;" in look.state("<b>")


def test_signatures_are_counted_in_words_and_not_by_colour_alone() -> None:
    assert "1 of 2 signatures" in look.signatures(1, 2)
    assert "2 signatures" in look.signatures(2, 2)


def test_a_refused_button_is_disabled_and_says_why_and_what_to_do() -> None:
    html = shown('{% refused "Sign" verdict "fingerprint" %}', verdict=Verdict(False, "You wrote this.", "Ben signs it."))
    assert "disabled" in html
    assert "You wrote this. Ben signs it." in html


def test_a_moment_can_be_read_by_people_and_by_machines() -> None:
    at = datetime(2020, 3, 1, 8, 30, tzinfo=UTC)
    html = look.moment(at)
    assert 'datetime="2020-03-01T08:30:00+00:00"' in html
    assert "1 Mar 2020, 09:30" in html
    assert look.moment(None) == ""


def test_how_long_ago_is_told_in_the_largest_whole_unit() -> None:
    now = timezone.now()
    assert look.ago(now - timedelta(hours=5, minutes=1)) == "5 hours ago"
    assert look.ago(now + timedelta(days=2, minutes=1)) == "in 2 days"
    assert look.ago(now - timedelta(seconds=5)) == "just now"


def test_an_avatar_is_silent_and_keeps_its_colour() -> None:
    assert look.avatar(Who("Ann Peeters")) == look.avatar(Who("Ann Peeters"))
    assert ">AP<" in look.avatar(Who("Ann Peeters"))
    assert 'aria-hidden="true"' in look.avatar(DELINDE)


def test_a_name_without_letters_still_has_a_sign() -> None:
    assert Who("").initials == "?"
    assert Who("🍺 🍺").initials == "?"


def test_a_wording_knows_that_it_is_too_long() -> None:
    assert Wording(DELINDE, True, "x", 301, 300, "nl").is_over
    assert Wording(DELINDE, True, "x", 301, 300, "nl").percent == 100
    assert not Preview(DELINDE, "x", count=300, limit=300).is_over


def test_the_tag_of_a_mark_stays_inside_its_picture() -> None:
    assert Mark(10, 5, 20, 20, "Plate").tag_y == 4


def test_a_place_lands_where_it_is_on_the_globe() -> None:
    leuven = Place(50.8793, 4.7017)
    assert (leuven.x, leuven.y) == ("184.7", "39.1")
