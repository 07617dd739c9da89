"""Every address. A package's own addresses stand in its `urls.py`."""
from __future__ import annotations

from django.urls import URLPattern, include, path

from countersign.access.grants import urls as grants
from countersign.access.vault import urls as vault
from countersign.access.vault import views as connections

_accounts: list[URLPattern] = [*vault.urlpatterns, *grants.urlpatterns]

handler500 = "countersign.web.errors.fault"
urlpatterns = [
    path("", include("countersign.people.urls")),
    path("", include((_accounts, "grants"))),
    path("", include("countersign.access.devices.urls")),
    path("", include("countersign.access.evidence.urls")),
    path("connect/return/", connections.returned, name="connect-return"),
    path("oauth/bluesky/client-metadata.json", connections.oauth_client, name="oauth-client"),
    path("", include("countersign.access.glass.urls")),
    path("", include("countersign.access.lockout.urls")),
    path("departures/", include("countersign.access.departures.urls")),
    path("recovery/", include("countersign.access.recovery.urls")),
    path("posts/", include("countersign.content.posts.urls")),
    path("comments/", include("countersign.content.comments.urls")),
    path("charter/", include("countersign.policy.charter.urls")),
    path("", include("countersign.desk.scim.urls")),
    path("", include("countersign.desk.signon.urls")),
    path("", include("countersign.desk.urls")),
]
