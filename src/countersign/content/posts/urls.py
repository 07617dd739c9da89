"""Addresses of posts."""
from __future__ import annotations

from django.urls import path

from countersign.content.posts import views

app_name = "posts"
urlpatterns = [
    path("", views.post_list, name="list"),
    path("new/", views.edit, name="new"),
    path("new/save/", views.edit, name="edit-new"),
    path("new/autosave/", views.autosave, name="autosave-new"),
    path("new/pictures/", views.add_picture, name="pictures-new"),
    path("new/preview/", views.preview, name="preview-new"),
    path("count/", views.count, name="count"),
    path("pictures/<uuid:uid>/", views.picture, name="picture"),
    path("deliveries/<uuid:uid>/withdraw/", views.withdraw, name="withdraw"),
    path("deliveries/<uuid:uid>/resume/", views.resume, name="resume"),
    path("deliveries/<uuid:uid>/look/", views.look, name="look"),
    path("<uuid:uid>/", views.post_page, name="post"),
    path("<uuid:uid>/edit/", views.edit, name="edit"),
    path("<uuid:uid>/autosave/", views.autosave, name="autosave"),
    path("<uuid:uid>/discard/", views.discard, name="discard"),
    path("<uuid:uid>/preview/", views.preview, name="preview"),
    path("<uuid:uid>/pictures/", views.add_picture, name="pictures"),
    path("<uuid:uid>/pictures/<uuid:file>/remove/", views.remove_picture, name="remove-picture"),
    path("<uuid:uid>/review/", views.review, name="review"),
    path("<uuid:uid>/sign/options/", views.sign_options, name="sign-options"),
    path("<uuid:uid>/sign/", views.sign, name="sign"),
    path("<uuid:uid>/changes/", views.ask_for_changes, name="ask-for-changes"),
    path("<uuid:uid>/reject/", views.reject, name="reject"),
    path("<uuid:uid>/remarks/", views.remark, name="remark"),
    path("<uuid:uid>/take-back/", views.take_back, name="take-back"),
    path("<uuid:uid>/recall/", views.recall, name="recall"),
]
