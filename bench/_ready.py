"""Django, set up over folders of its own. Imported before whatever needs it."""
from __future__ import annotations

import django

import tests.environment  # noqa: F401  # before the settings are read

django.setup()
