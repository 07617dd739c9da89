"""How allauth does things here: by invitation only, never without a second factor, nothing taken from the Host header."""
from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.account.utils import get_login_redirect_url
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.webauthn.internal.flows import did_use_passwordless_login
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy

from countersign.audit.recording import refuse
from countersign.base.actor import PersonActor, Visitor
from countersign.base.errors import Refused
from countersign.base.words import _
from countersign.people import browsers, cookies, entering, hooks, queries, rules, vouching
from countersign.people.models import Person
from countersign.people.requests import address_of
from countersign.people.sessions import SessionStore
from countersign.web.errors import said


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no annotations
    """Signing in and out."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": gettext_lazy("That mail address and password do not belong together. Type both again, or use a passkey."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody registers themselves."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Only paths of our own are followed after signing in."""
        return bool(url) and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address the server saw."""
        return address_of(request)

    def add_message(self, request: HttpRequest, level: int, *args: Any, message: str | None = None, **kwargs: Any) -> None:
        """Pass on what was said in so many words; allauth's own sentences are left away."""
        if message:
            messages.add_message(request, level, message)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Our own actions tell people what changed."""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Stop guessing before the password is looked at."""
        found = queries.failures(
            entering.PASSWORD, who=_typed(credentials), where=address_of(request), at=timezone.now()
        )
        try:
            rules.require_few_failures(by_whom=found[0], from_where=found[1])
        except Refused as refusal:
            raise forms.ValidationError(_words(refusal)) from refusal

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record the failure; whether the address exists is not told."""
        entering.fail(kind=entering.PASSWORD, who=_typed(credentials), where=address_of(request), at=timezone.now())

    def pre_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> HttpResponse | None:
        """Refuse whoever may not come in; note a right password that still waits for its second factor."""
        at, vouched = timezone.now(), vouching.of(request, user)
        try:
            entering.require_may_sign_in(user, is_proven=bool(vouched and vouched.shown_at))
        except Refused as refusal:
            refuse(Visitor(), at=at, matter=user.label, refusal=refusal)
            clear_login(request)
            messages.error(request, _words(refusal))
            return HttpResponseRedirect(reverse("account_login"))
        if not did_use_passwordless_login(request, user) and not (vouched and vouched.shown_at):
            entering.note_half(user, is_vouched=vouched is not None, at=at)
        return None

    def login(self, request: HttpRequest, user: Person) -> None:
        """Put the person into the session, in one recorded change; Refused without a second factor shown just now."""
        vouched = vouching.of(request, user)
        shown = [one for one in get_authentication_records(request, user) if one["method"] == "mfa"]
        if vouched and vouched.shown_at:
            shown.append({"type": "sign_on"})
        if not shown:
            raise Refused(_("Your second factor was not shown."), remedy=_("Sign in again."))
        session = cast("SessionStore", request.session)
        device = queries.device_shown(
            user, passkey=str(shown[-1].get("passkey", "")), cookie_hash=cookies.hashed(cookies.of(request), user),
            is_code=shown[-1]["type"] == "totp",
        )

        def enter() -> None:
            super(AccountAdapter, self).login(request, user)
            browser = browsers.name_of(request.headers.get("User-Agent", ""))
            session.describe(browser=browser, address=address_of(request), idle_seconds=_idle_seconds(user))

        uid = str(device.uid) if device else ""
        entering.sign_in(
            user, session, by=shown[-1]["type"], enter=enter, device=uid, vouched=vouched, at=timezone.now()
        )
        vouching.forget(request)

    def post_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> HttpResponse:
        """Go on to the page that was asked for; a browser that is known keeps its cookie for longer."""
        response = HttpResponseRedirect(get_login_redirect_url(request, kwargs.get("redirect_url")))
        if cookie := cookies.of(request):
            cookies.put(response, cookie)
        return response

    def logout(self, request: HttpRequest) -> None:
        """End the session, recorded."""
        actor = getattr(request, "actor", None)
        if isinstance(actor, PersonActor):
            entering.sign_out(actor, at=timezone.now())
        super().logout(request)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth carries no annotations
    """Second factors: our own tables hold them, allauth only asks whether there are any."""

    def is_mfa_enabled(self, user: Any, types: Any = None) -> bool:
        """Whether this person has a second factor to be asked for: none after the company's provider asked for one."""
        vouched = vouching.of(self.request, user) if self.request is not None and isinstance(user, Person) else None
        if vouched is not None and vouched.shown_at is not None:
            return False
        return isinstance(user, Person) and queries.has_second_factor(user)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The relying party, from the settings."""
        return {"id": settings.RP_ID, "name": settings.ORGANISATION}

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Never here: `equipping` removes factors, and refuses to remove the last."""
        return False

    def encrypt(self, text: str) -> str:
        """Never used: seeds are sealed by the broker, for a named person (`totp.confirm`)."""
        raise RuntimeError("The web process seals nothing by itself.")

    def decrypt(self, encrypted_text: str) -> str:
        """Never possible: this process holds no key."""
        raise RuntimeError("The web process cannot open a secret.")


def _typed(credentials: dict[str, Any]) -> str:
    return str(credentials.get("email") or credentials.get("username") or "").strip().lower()


def _words(refusal: Refused) -> str:
    return f"{said(refusal.template, refusal.facts)} {said(refusal.remedy_template, refusal.facts)}".strip()


def _idle_seconds(person: Person) -> int:
    signer = hooks.is_signer(person)
    seconds: int = settings.SESSION_IDLE_SECONDS_FOR_SIGNERS if signer else settings.SESSION_IDLE_SECONDS
    return seconds
