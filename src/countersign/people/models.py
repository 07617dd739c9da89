"""People, the passkeys they sign with, their sessions, and the facts of locks."""
from __future__ import annotations

import uuid

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models

from countersign.base.tables import Living
from countersign.people.states import PERSON


class Person(AbstractBaseUser, Living):
    """One human being; nobody shares a sign-in."""

    lifecycle = PERSON

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=5, default="en")

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.name
