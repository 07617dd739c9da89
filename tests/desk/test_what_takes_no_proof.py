"""Which addresses take what a browser sends without the proof of its session's key: drafts and tastes, nothing that decides."""
from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from countersign.people import hooks

DRAFTS = {
    "autosave", "autosave-new", "count", "discard", "edit", "edit-new", "new", "pictures", "pictures-new", "preview", "preview-new", "remark",
    "remove-picture",
}  # fmt: skip


def names(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from names(one, f"{space}{one.namespace}:" if one.namespace else space)
        elif isinstance(one, URLPattern) and one.name:
            yield f"{space}{one.name}"


def test_only_drafts_and_tastes_and_signing_out_take_no_proof() -> None:
    found = {name for name in names(get_resolver()) if hooks.is_open_without_proof(name)}
    assert found == {f"posts:{name}" for name in DRAFTS} | {"account_logout", "proof", "theme", "verify"}
