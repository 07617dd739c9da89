"""Addresses of accounts, people and the roster."""
from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from countersign.access.grants import views

app_name = "grants"
urlpatterns = [
    path("begin/<str:token>/", login_not_required(views.begin), name="begin"),
    path("accounts/", views.accounts, name="accounts"),
    path("accounts/<uuid:on>/roles/", views.give, name="give-on"),
    path("accounts/<uuid:uid>/signatures/", views.require_signatures, name="require"),
    path("people/", views.people, name="people"),
    path("people/invite/", views.invite, name="invite"),
    path("people/<uuid:uid>/", views.person, name="person"),
    path("people/<uuid:uid>/invite/", views.invite_again, name="invite-again"),
    path("people/<uuid:to>/roles/", views.give, name="give-to"),
    path("people/<uuid:uid>/suspend/", views.suspend, name="suspend"),
    path("people/<uuid:uid>/resume/", views.resume, name="resume"),
    path("roles/<int:pk>/take/", views.take, name="take"),
    path("roster/", views.roster_page, name="roster"),
    path("roster/begin/options/", views.begin_options, name="roster-begin-options"),
    path("roster/begin/", views.begin_sign, name="roster-begin"),
    path("roster/add/", views.roster_add, name="roster-add"),
    path("roster/remove/", views.roster_remove, name="roster-remove"),
    path("roster/<str:head>/options/", views.roster_options, name="roster-options"),
    path("roster/<str:head>/sign/", views.roster_sign, name="roster-sign"),
]
