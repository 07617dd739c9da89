"""Addresses of devices."""
from __future__ import annotations

from django.urls import include, path

from countersign.access.devices.views import pages, reports

_register = [
    path("", pages.register, name="register"),
    path("posture/", pages.posture, name="posture"),
    path("posture/<uuid:uid>/end/", pages.posture_end, name="posture-end"),
    path("<uuid:uid>/", pages.device, name="device"),
    path("<uuid:uid>/approve/", pages.approve, name="approve"),
    path("<uuid:uid>/refuse/", pages.refuse, name="refuse"),
    path("<uuid:uid>/retire/", pages.retire, name="retire"),
    path("<uuid:uid>/describe/", pages.describe, name="describe"),
    path("<uuid:uid>/except/", pages.accept, name="except"),
]
urlpatterns = [
    path("device/", pages.unknown, name="device"),
    path("device/ask/", pages.ask, name="device-ask"),
    path("me/devices/<uuid:uid>/leave/", pages.leave, name="device-leave"),
    path("devices/", include((_register, "devices"))),
    path("api/posture/", reports.report, name="posture-report"),
]
