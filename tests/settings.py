"""The product's settings, with a database file that other processes can open, and mails kept in memory."""
from __future__ import annotations

from countersign.config.settings import *  # noqa: F403
from countersign.config.settings import DATABASES, MAILERS, STORAGES

DATABASES["default"]["TEST"] = {"NAME": DATABASES["default"]["NAME"]}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
MAILERS["default"] = {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}
