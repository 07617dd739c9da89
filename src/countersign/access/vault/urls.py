"""Addresses of connecting, of secrets and their rotations; they share the name space of accounts, whose pages they are."""
from __future__ import annotations

from django.urls import path

from countersign.access.vault import rotation_views, secret_views, views

urlpatterns = [
    path("accounts/connect/", views.connect, name="connect"),
    path("accounts/<uuid:uid>/", views.account, name="account"),
    path("accounts/<uuid:uid>/reconnect/", views.connect, name="reconnect"),
    path("accounts/<uuid:uid>/disconnect/", views.disconnect, name="disconnect"),
    path("accounts/<uuid:uid>/secrets/", secret_views.secrets, name="secrets"),
    path("accounts/<uuid:uid>/secrets/enter/", secret_views.enter, name="secret-enter"),
    path("accounts/<uuid:uid>/key/replace/", rotation_views.replace_tokens, name="tokens-replace"),
    path("secrets/<uuid:uid>/", secret_views.secret, name="secret"),
    path("secrets/<uuid:uid>/enter/", secret_views.renew, name="secret-renew"),
    path("secrets/<uuid:uid>/retire/", secret_views.retire, name="secret-retire"),
    path("secrets/<uuid:uid>/code/", secret_views.code, name="secret-code"),
    path("secrets/<uuid:uid>/check-out/", secret_views.check_out, name="secret-check-out"),
    path("secrets/<uuid:uid>/show/<uuid:proposal>/", secret_views.show, name="secret-show"),
    path("secrets/<uuid:uid>/rotate/", secret_views.rotate, name="secret-rotate"),
    path("rotations/<uuid:uid>/", rotation_views.rotation, name="rotation"),
    path("rotations/<uuid:uid>/begin/", rotation_views.begin, name="rotation-begin"),
    path("rotations/<uuid:uid>/done/", rotation_views.done, name="rotation-done"),
    path("rotations/<uuid:uid>/prove/", rotation_views.prove, name="rotation-prove"),
    path("rotations/<uuid:uid>/state/", rotation_views.state, name="rotation-state"),
    path("people/<uuid:uid>/seen/", secret_views.exposures, name="exposures"),
]
