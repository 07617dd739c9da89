"""Tells Django about this package."""
from __future__ import annotations

from django.apps import AppConfig


class Config(AppConfig):
    """`countersign.access.glass`."""

    name = "countersign.access.glass"
    label = "glass"
