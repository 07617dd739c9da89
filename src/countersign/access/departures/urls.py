"""Addresses of departures."""
from __future__ import annotations

from django.urls import path

from countersign.access.departures.views import pages

app_name = "departures"
urlpatterns = [
    path("", pages.listed, name="list"),
    path("new/", pages.new, name="new"),
    path("file/", pages.file, name="file"),
    path("tasks/<uuid:uid>/", pages.answer, name="answer"),
    path("<uuid:uid>/", pages.departure, name="departure"),
    path("<uuid:uid>/begin/", pages.begin, name="begin"),
    path("<uuid:uid>/cancel/", pages.cancel, name="cancel"),
    path("<uuid:uid>/move/", pages.move, name="move"),
    path("<uuid:uid>/heir/", pages.heir, name="heir"),
    path("<uuid:uid>/roster/", pages.roster, name="roster"),
    path("<uuid:uid>/close/", pages.close, name="close"),
    path("<uuid:uid>/certificate/", pages.certificate, name="certificate"),
    path("<uuid:uid>/certificate.json", pages.certificate_json, name="certificate-json"),
]
