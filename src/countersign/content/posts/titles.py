"""What a post is called where only one line of it is shown."""
from __future__ import annotations

from django.utils.translation import gettext

from countersign.content.posts.models import Post
from countersign.content.posts.states import PostState


def title_of(post: Post) -> str:
    """A post's title, or its first words."""
    if post.title:
        return post.title
    first = next((v.text for v in post.variants.all() if v.text.strip()), "")
    words = " ".join(first.split())
    if words:
        return words[:70] + "…" if len(words) > 70 else words
    return gettext("Empty draft") if is_empty(post) else gettext("Untitled")


def is_empty(post: Post) -> bool:
    """Whether it is a draft into which nothing was written: no title, no words, no picture."""
    is_blank = not post.title and not any(v.text.strip() for v in post.variants.all())
    return is_blank and post.state == PostState.DRAFT and not post.attachments.all()
