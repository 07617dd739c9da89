"""Addresses of losses and locks."""
from __future__ import annotations

from django.urls import path

from countersign.access.lockout.views import equipment, locks, lost

app_name = "lockout"
urlpatterns = [
    path("lost/", lost.lost, name="lost"),
    path("lost/card/", lost.by_card, name="lost-card"),
    path("lost/owner/", lost.by_owner, name="lost-owner"),
    path("lost/passkey/", lost.by_passkey, name="lost-passkey"),
    path("lost/own/", lost.own, name="lost-own"),
    path("lost/colleague/", lost.for_colleague, name="lost-colleague"),
    path("lost/case/<str:ticket>/", lost.case, name="lost-case"),
    path("me/live/", equipment.live, name="live"),
    path("me/card/", equipment.card, name="card"),
    path("locks/", locks.listed, name="locks"),
    path("locks/new/", locks.new, name="new"),
    path("locks/drills/", locks.drills, name="drills"),
    path("locks/keys/", equipment.keys, name="keys"),
    path("locks/keys/<uuid:uid>/end/", equipment.key_end, name="key-end"),
    path("locks/apps/<uuid:uid>/", equipment.apps, name="apps"),
    path("locks/apps/<uuid:uid>/end/", equipment.app_end, name="app-end"),
    path("locks/sign-out/<uuid:uid>/", locks.sign_out, name="sign-out"),
    path("locks/<uuid:uid>/", locks.case, name="case"),
    path("locks/<uuid:uid>/clock/", locks.clock, name="clock"),
    path("locks/<uuid:uid>/lift/", locks.lift, name="lift"),
    path("locks/<uuid:uid>/take-back/", locks.unplan, name="unplan"),
    path("api/locks/", equipment.api, name="api"),
]
