"""Addresses of comments."""
from __future__ import annotations

from django.urls import path

from countersign.content.comments import views

app_name = "comments"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("read/", views.mark_read, name="mark-read"),
    path("<uuid:uid>/", views.comment, name="comment"),
    path("<uuid:uid>/decide/", views.decide, name="decide"),
    path("<uuid:uid>/by-hand/", views.by_hand, name="by-hand"),
]
