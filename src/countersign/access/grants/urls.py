"""Addresses of accounts, people and the roster."""
from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from countersign.access.grants import roster_views, views
from countersign.review import alone

app_name = "grants"
urlpatterns = [
    path("begin/<str:token>/", login_not_required(roster_views.begin), name="begin"),
    path("accounts/", views.accounts, name="accounts"),
    path("accounts/<uuid:on>/roles/", views.give, name="give-on"),
    path("accounts/<uuid:uid>/signatures/", roster_views.require_signatures, name="require"),
    path("people/", views.people, name="people"),
    path("people/invite/", views.invite, name="invite"),
    path("people/<uuid:uid>/", views.person, name="person"),
    path("people/<uuid:uid>/invite/", views.invite_again, name="invite-again"),
    path("people/<uuid:to>/roles/", views.give, name="give-to"),
    path("people/<uuid:uid>/suspend/", views.suspend, name="suspend"),
    path("people/<uuid:uid>/resume/", views.resume, name="resume"),
    path("roles/<int:pk>/take/", views.take, name="take"),
    path("roster/", roster_views.roster_page, name="roster"),
    path("roster/begin/options/", roster_views.begin_options, name="roster-begin-options"),
    path("roster/begin/", roster_views.begin_sign, name="roster-begin"),
    path("roster/add/", roster_views.roster_add, name="roster-add"),
    path("roster/remove/", roster_views.roster_remove, name="roster-remove"),
    path("roster/wait/", roster_views.roster_wait, name="roster-wait"),
    path("roster/<str:head>/options/", roster_views.roster_options, name="roster-options"),
    path("roster/<str:head>/sign/", roster_views.roster_sign, name="roster-sign"),
    path("roster/<str:head>/again/", roster_views.roster_again, name="roster-again"),
    path("roster/<str:head>/withdraw/", roster_views.roster_withdraw, name="roster-withdraw"),
    path("roster/<str:head>/alone/options/", roster_views.alone_options, {"act": alone.ASK}, name="roster-alone-options"),
    path("roster/<str:head>/alone/", roster_views.alone_sign, {"act": alone.ASK}, name="roster-alone"),
    path("roster/<str:head>/enter/options/", roster_views.alone_options, {"act": alone.ENTER}, name="roster-enter-options"),
    path("roster/<str:head>/enter/", roster_views.alone_sign, {"act": alone.ENTER}, name="roster-enter"),
    path("roster/<str:head>/no/options/", roster_views.alone_options, {"act": alone.VETO}, name="roster-no-options"),
    path("roster/<str:head>/no/", roster_views.alone_sign, {"act": alone.VETO}, name="roster-no"),
]
