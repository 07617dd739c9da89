"""Taking a picture in: who may, what is kept and written down, and what happens when it goes wrong."""
from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings as _Settings

from countersign.access.grants.models import Grant
from countersign.access.grants.rights import Role
from countersign.audit.models import Entry
from countersign.base.actor import DutyActor, PersonActor, Visitor
from countersign.base.errors import Invalid, Refused, Unreachable
from countersign.calls import client
from countersign.content.media import queries, sandbox, store, taking_in
from countersign.content.media.models import File
from countersign.people.models import Person
from tests.house import House
from tests.media.planting import LATITUDE, Planted, is_in, scene, written
