"""A frame for pages, so that these tests need no other package's pages."""
from __future__ import annotations

from django.http import HttpRequest

from countersign.web.values import Frame, FrameOrganisation, FramePerson


def frame(request: HttpRequest) -> dict[str, object]:
    """An empty frame."""
    return {"frame": Frame(FrameOrganisation("De Linde", 0, 0), (), FramePerson("Ann"))}
