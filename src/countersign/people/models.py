"""People, what they prove themselves with, their sessions, and the facts of locks."""
from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils import timezone

from countersign.base.actor import PersonActor
from countersign.base.tables import Living
from countersign.people.states import (
    DEVICE,
    LOCK,
    PERSON,
    DeviceKind,
    LockKind,
    LockState,
    Owner,
    PersonState,
    Purpose,
)


class PersonManager(BaseUserManager["Person"]):
    """Finds people; nobody registers themselves, so it makes none."""

    def get_by_natural_key(self, username: str | None) -> Person:
        """The person with this e-mail address, in any case of letters."""
        return self.get(email=(username or "").lower())

    def active(self) -> models.QuerySet[Person]:
        """Those who may sign in."""
        return self.filter(state=PersonState.ACTIVE)


class Person(AbstractBaseUser, Living):
    """One human being; nobody shares a sign-in."""

    lifecycle = PERSON
    last_login = None  # the session says when; Django would write it at every sign-in

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=5, default="en")

    objects = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name_plural = "people"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="the_e_mail_of_a_person_is_in_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # Django keeps a flag, we keep a state
        """Whether this person may sign in."""
        return self.state == PersonState.ACTIVE

    @property
    def label(self) -> str:
        """How the audit log and the broker name this person."""
        return f"person:{self.uid}"

    def as_actor(self, *, session: str = "", verified_at: datetime | None = None, device: str = "") -> PersonActor:
        """This person, acting."""
        return PersonActor(str(self.uid), self.name, session, verified_at, device)


class Credential(models.Model):
    """A passkey: what is needed to check its signatures, and where it comes from."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="credentials")
    credential_id = models.CharField(max_length=1400, unique=True)  # base64url; 1023 bytes at most (WebAuthn)
    public_key = models.BinaryField()  # COSE
    aaguid = models.UUIDField()
    sign_count = models.PositiveBigIntegerField(default=0)
    is_backup_eligible = models.BooleanField(default=False)
    is_backed_up = models.BooleanField(default=False)
    transports = models.JSONField(default=list)
    name = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Device(Living):
    """A browser or phone in which one person works; it holds a passkey, or else a cookie of its own.

    Enrolling, approving and retiring are acts of `access.devices`; what stands here is read at every request.
    """

    lifecycle = DEVICE

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="devices")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, choices=[(one.value, one.value) for one in DeviceKind])
    owner = models.CharField(max_length=20, blank=True, choices=[(one.value, one.value) for one in Owner])  # "": not said
    credential = models.OneToOneField(Credential, on_delete=models.PROTECT, null=True, related_name="device")
    cookie_hash = models.CharField(max_length=64, null=True, unique=True)  # of a browser; see `cookies`
    browser = models.CharField(max_length=80, blank=True)  # in which it was asked for
    address = models.CharField(max_length=45, blank=True)  # from where
    asked_at = models.DateTimeField()
    approved_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    words = models.CharField(max_length=400, blank=True)  # why it was refused or retired
    first_seen_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)  # at most a minute old

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(credential__isnull=False) | models.Q(cookie_hash__isnull=False),
                name="a_device_is_known_by_a_passkey_or_by_a_cookie",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Totp(models.Model):
    """A code generator; the seed is sealed and only the broker can open it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="totps")
    sealed = models.TextField()
    version = models.PositiveIntegerField()
    last_step = models.PositiveBigIntegerField()  # the newest step of 30 s that was spent
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(retired_at=None), name="a_person_has_one_code_generator"
            ),
            models.UniqueConstraint(fields=["person", "version"], name="a_seed_has_a_version_of_its_own"),
        ]


class RecoveryCode(models.Model):
    """One way back in, used once; only its salted hash is kept."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="recovery_codes")
    salt = models.CharField(max_length=32)
    code_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Session(models.Model):
    """One browser that is signed in, or is about to be; only a hash of its cookie is kept."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key_hash = models.CharField(max_length=64, unique=True)  # SHA-256 of the cookie, hexadecimal
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="sessions")
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()  # at most a minute old
    ends_at = models.DateTimeField(db_index=True)
    idle_seconds = models.PositiveIntegerField()
    verified_at = models.DateTimeField(null=True)
    device = models.UUIDField(null=True, db_index=True)  # of the device in which somebody signed in; None: unknown
    browser = models.CharField(max_length=80, blank=True)
    address = models.CharField(max_length=45, blank=True)
    link = models.ForeignKey("SignOnLink", on_delete=models.PROTECT, null=True, related_name="sessions")  # by which they came
    sid = models.CharField(max_length=255, blank=True, db_index=True)  # what the provider calls its own session
    proof_key = models.CharField(max_length=100, blank=True)  # of the browser itself; see `proofs`
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=20, blank=True)
    data = models.TextField(blank=True)


class SignOnLink(models.Model):
    """Who somebody is at the company's provider of sign-on: the pair of issuer and subject, which never changes there.

    Made at the first sign-on and from then on all that counts; a mail address may be given to somebody else.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="sign_on_links")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    made_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    logged_out_at = models.DateTimeField(null=True)  # at the provider; a sign-in begun before it is not finished
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"], condition=models.Q(ended_at=None), name="a_subject_is_one_person"
            ),
            models.UniqueConstraint(
                fields=["issuer", "person"], condition=models.Q(ended_at=None), name="a_person_is_one_subject"
            ),
        ]


class SpentProof(models.Model):
    """A proof that was used; the same one counts once. Kept as long as it could be shown again."""

    session = models.UUIDField()
    nonce = models.CharField(max_length=44)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "nonce"], name="a_proof_is_used_once")]


class Enrolment(models.Model):
    """A single-use link by which a person takes up a sign-in; only a hash of its token is kept."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="enrolments")
    token_hash = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=20, choices=[(one.value, one.value) for one in Purpose])
    issued_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")  # None: by `./start`
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Attempt(models.Model):
    """Somebody tried to sign in; kept for a day, so that guessing is slowed. Who and where are keyed hashes."""

    kind = models.CharField(max_length=20)
    who = models.CharField(max_length=64)
    where = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["kind", "who", "at"], name="attempts_by_whom"),
            models.Index(fields=["kind", "where", "at"], name="attempts_from_where"),
        ]


class LockQuerySet(models.QuerySet["Lock"]):
    """Locks."""

    def standing(self) -> LockQuerySet:
        """Those that deny something now: not lifted, and begun; one that has begun stays so when the clock goes back."""
        has_begun = models.Q(begun_at__isnull=False) | models.Q(since__lte=Now())
        return self.filter(has_begun, lifted_at=None)


class Lock(Living):
    """A standing denial of a person, a device, a session, an account, a network, or everything.

    Locking and lifting are acts of `access.lockout`. `since` may lie ahead: *lock before the meeting*.
    """

    lifecycle = LOCK

    state = models.CharField(max_length=20, default=LockState.LOCKED)
    state_since = models.DateTimeField(default=timezone.now)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=20, choices=[(one.value, one.value) for one in LockKind])
    target = models.UUIDField(null=True)  # of the person, device, session or account
    network = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=400)
    locked_by = models.CharField(max_length=60, blank=True)  # the label of who locked: a person, a duty, a visitor
    since = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)

    objects = LockQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["kind", "target"], condition=models.Q(lifted_at=None), name="standing_locks")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["account", "device", "person", "session"], target__isnull=False, network="")
                | (models.Q(kind="network", target=None) & ~models.Q(network=""))
                | models.Q(kind="everything", target=None, network=""),
                name="a_lock_names_exactly_what_it_denies",
            ),
            models.CheckConstraint(
                condition=models.Q(lifted_at=None) | models.Q(state=LockState.LIFTED), name="only_a_lifted_lock_has_an_end"
            ),
        ]


class ApiKey(models.Model):
    """What a program of the company's shows: the personnel system, a security desk. Only a hash of it is kept.

    A key belongs to who made it: a lock on that person denies it as well. `purpose` is all that it may be used for.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=80)
    purpose = models.CharField(max_length=20)
    key_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="api_keys")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
