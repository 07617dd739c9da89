"""Addresses of sign-on."""
from __future__ import annotations

from django.urls import path

from countersign.desk.signon import views

urlpatterns = [
    path("sign-on/", views.begin, name="sign-on"),
    path("sign-on/return/", views.returned, name="sign-on-return"),
    path("sign-on/logout/", views.logged_out, name="sign-on-logout"),
    path("me/security/sign-on/", views.link, name="sign-on-link"),
    path("settings/sign-on/", views.settings_page, name="sign-on-settings"),
    path("settings/sign-on/test/", views.test, name="sign-on-test"),
    path("settings/sign-on/groups/", views.map_group, name="sign-on-map"),
    path("settings/sign-on/groups/<int:pk>/take/", views.unmap_group, name="sign-on-unmap"),
    path("settings/sign-on/links/<uuid:uid>/take/", views.unlink, name="sign-on-unlink"),
    path("settings/sign-on/<uuid:uid>/on/", views.turn_on, name="sign-on-on"),
    path("settings/sign-on/<uuid:uid>/off/", views.turn_off, name="sign-on-off"),
]
