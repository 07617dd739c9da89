"""Every address of signing in: of allauth exactly two pages, and our own."""
from __future__ import annotations

from allauth.account import views as allauth
from django.urls import path

from countersign.people.views import enrolment, entrance, scripted, security

urlpatterns = [
    path("accounts/login/", allauth.login, name="account_login"),
    path("accounts/logout/", allauth.logout, name="account_logout"),
    path("accounts/passkey/", entrance.passkey_sign_in, name="mfa_login_webauthn"),
    path("accounts/second-factor/", entrance.second_factor, name="mfa_authenticate"),
    path("enrol/<str:token>/", enrolment.enrol, name="enrol"),
    path("enrol/<str:token>/passkey/options/", enrolment.enrol_passkey_options, name="enrol_passkey_options"),
    path("enrol/<str:token>/passkey/", enrolment.enrol_passkey, name="enrol_passkey"),
    path("enrol/<str:token>/password/", enrolment.enrol_password, name="enrol_password"),
    path("me/verify/", entrance.verify, name="verify"),
    path("me/proof/", scripted.bind, name="proof"),
    path("me/security/", security.security, name="security"),
    path("me/security/passkeys/options/", security.passkey_add_options, name="passkey_add_options"),
    path("me/security/passkeys/", security.passkey_add, name="passkey_add"),
    path("me/security/passkeys/<uuid:uid>/remove/", security.passkey_remove, name="passkey_remove"),
    path("me/security/totp/", security.totp_page, name="totp"),
    path("me/security/totp/remove/", security.totp_remove, name="totp_remove"),
    path("me/security/codes/", security.recovery_codes, name="recovery_codes"),
    path("me/security/password/", security.password, name="password"),
    path("me/sessions/", security.sessions, name="sessions"),
    path("me/sessions/end-others/", security.sessions_end_others, name="sessions_end_others"),
    path("me/sessions/<uuid:uid>/end/", security.session_end, name="session_end"),
]
