"""How Mastodon counts words, and how its HTML is read back."""
from __future__ import annotations

import pytest

from countersign.networks.mastodon.connector import Mastodon
from countersign.networks.mastodon.text import plain, same_words

LONG = "https://www.example.com/a/very/long/path/that/goes/on?and=on&on=1#end"


@pytest.mark.parametrize(("text", "characters"), [
    ("", 0),
    ("Proost!", 7),
    ("één", 3),
    ("e\u0301e\u0301n", 3),
    ("👩‍👩‍👧‍👧", 1),
    ("🇧🇪", 1),
    (LONG, 23),
    ("http://a.be", 23),
    (f"See {LONG}.", 4 + 23 + 1),
    (f"({LONG})", 25),
    ("https://en.wikipedia.org/wiki/Linde_(plant)", 23),
    ("https://a.be https://b.be", 47),
    ("@kim", 4),
    ("@kim@mastodon.example", 4),
    ("Dank @kim@social.mastodon.example, tot straks", 21),
    ("info@delinde.example", 20),
    ("example.com", 11),
    ("a\nb", 3),
])  # fmt: skip
def test_characters_are_counted_as_mastodon_counts_them(text: str, characters: int) -> None:
    assert Mastodon().count(text) == characters


@pytest.mark.parametrize(("html", "words"), [
    ("<p>One</p><p>Two<br>Three<br />Four</p>", "One\n\nTwo\nThree\nFour"),
    ("Bare words &amp; &lt;signs&gt; &#128512;", "Bare words & <signs> 😀"),
    ('<p>Hello <span class="h-card"><a href="https://m.example/@kim" class="u-url mention">@<span>kim</span></a></span></p>', "Hello @kim"),
    ('<p><a href="https://m.example/tags/bier" class="mention hashtag" rel="tag">#<span>bier</span></a></p>', "#bier"),
    ('<a href="https://a.example/long/path"><span class="invisible">https://</span><span class="ellipsis">a.example/long</span>'
     '<span class="invisible">/path</span></a>', "https://a.example/long/path"),
    ('<a href="https://phish.example/">https://delinde.example</a>', "https://delinde.example (https://phish.example/)"),
    ('<a href="https://phish.example/">click</a> here', "click (https://phish.example/) here"),
    ('<a href="https://a.example/"></a>', "https://a.example/"),
    ('<a href="javascript:alert(1)">x</a>', "x (javascript:alert(1))"),
    ("<ul><li>one</li><li>two</li></ul>", "• one\n• two"),
    ("<p>seen</p><script>unseen</script><style>p{}</style>", "seen"),
    ("<p>never closed <b>bold <a href='https://x.example/'>link", "never closed bold link (https://x.example/)"),
    ("", ""),
    ("<", "<"),
    ("<<<>>>", "<<<>>>"),
    ("</p></a></script>", ""),
])  # fmt: skip
def test_html_is_read_as_plain_words_with_links_written_out(html: str, words: str) -> None:
    assert plain(html) == words


def test_deep_nesting_does_no_harm() -> None:
    assert plain("<p>" * 20_000 + "words" + "</p>" * 20_000) == "words"


@pytest.mark.parametrize(("html", "text"), [
    ("<p>Onze lente is hier!</p>", "Onze lente is hier!"),
    ("<p>One</p><p>Two</p>", "One\n\nTwo"),
    ("<p>One<br />Two</p>", "One\nTwo"),
    ('<p>Hi <a href="https://m.example/@kim">@<span>kim</span></a></p>', "Hi @kim@m.example"),
    ('<p>Hi <a href="https://m.example/@kim">@kim@m.example</a></p>', "Hi @kim@m.example"),
    ('<p><a href="https://a.example/x"><span class="invisible">https://</span>a.example/x</a></p>', "https://a.example/x"),
    ("<p>e\u0301e\u0301n</p>", "één"),
    ("<p>a  b</p>", "a b "),
])  # fmt: skip
def test_a_post_that_says_what_was_sent_is_known_again(html: str, text: str) -> None:
    assert same_words(html, text)


@pytest.mark.parametrize(("html", "text"), [
    ("<p>Our beer is here</p>", "Our beer is here!"),
    ("<p>our beer</p>", "Our beer"),
    ("<p></p>", "Our beer"),
    ('<p><a href="https://evil.example/">https://a.example</a></p>', "https://evil.example/"),
])  # fmt: skip
def test_a_post_that_says_something_else_is_not(html: str, text: str) -> None:
    assert not same_words(html, text)
