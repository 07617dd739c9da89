"""Every setting, read once, by readers that refuse what they do not understand."""
from __future__ import annotations

from pathlib import Path

from django.utils.csp import CSP

from countersign.config.reading import (
    read_choice,
    read_list,
    read_number,
    read_origins,
    read_path,
    read_secret,
    read_text,
    read_url,
    wrapping_path,
)

ROOT = Path(__file__).resolve().parents[3]
DATA = read_path("COUNTERSIGN_DATA", ROOT / "var" / "data")
KEYS = read_path("COUNTERSIGN_KEYS", ROOT / "var" / "keys")
RUN = read_path("COUNTERSIGN_RUN", ROOT / "var" / "run")

# Where people reach us. The relying party of every passkey is its host name and is never taken from a request.
ORIGIN = read_url("COUNTERSIGN_ORIGIN", "http://localhost:8765")
RP_ID = ORIGIN.host
LISTEN = (read_text("COUNTERSIGN_LISTEN_HOST", "127.0.0.1"), read_number("COUNTERSIGN_LISTEN_PORT", ORIGIN.port, least=1, most=65535))
PRACTICE_ORIGIN = read_url("COUNTERSIGN_PRACTICE_ORIGIN", "http://127.0.0.1:8788")
# Further servers on loopback that the broker may speak to, and where AT Protocol identities are looked up when not at plc.directory.
LOOPBACK_ORIGINS = [str(origin) for origin in read_origins("COUNTERSIGN_LOOPBACK_ORIGINS")]
PLC_ORIGIN = next((str(origin) for origin in read_origins("COUNTERSIGN_PLC_ORIGIN")), "")
# Name servers that the broker asks (`host` or `host:port`; the system's own by default), and further certificates it trusts for mail.
RESOLVERS = read_list("COUNTERSIGN_RESOLVERS")
MAILBOX_CA = read_path("COUNTERSIGN_MAILBOX_CA", Path("/")) if read_text("COUNTERSIGN_MAILBOX_CA", "") else None
IS_DEMONSTRATION = (KEYS / "demonstration.json").exists()  # made by `countersign demo`; every page says so
BROKER_SOCKET = RUN / "broker.sock"
BROKER_DIRECTORY = read_path("COUNTERSIGN_BROKER", ROOT / "var" / "broker")
WRAPPING = read_choice("COUNTERSIGN_WRAPPING", "file", {"credential", "file", "token"})
WRAPPING_KEY = read_path("COUNTERSIGN_WRAPPING_KEY", wrapping_path(WRAPPING, KEYS))
WRAPPING_TOKEN = {
    "module": read_text("COUNTERSIGN_PKCS11_MODULE", ""),
    "token": read_text("COUNTERSIGN_PKCS11_TOKEN", "countersign"),
    "label": read_text("COUNTERSIGN_PKCS11_KEY", "wrapping"),
}
MARK = read_path("COUNTERSIGN_MARK", KEYS / "journal.mark")  # how far the journal had come; in no backup
ORGANISATION = read_text("COUNTERSIGN_ORGANISATION", "Your organisation")
LEASE_SECONDS = read_number("COUNTERSIGN_LEASE_SECONDS", 120, least=2, most=3600)
# Whether a passkey that its maker copies to other devices may sign: only with an accepted exception, or always.
SYNCED_PASSKEYS = read_choice("COUNTERSIGN_SYNCED_PASSKEYS", "except", {"allow", "except"})
# What happens to a device that the company's device management reports as not compliant.
NOT_COMPLIANT = read_choice("COUNTERSIGN_NOT_COMPLIANT", "show", {"lock", "show"})
RECALL_SECONDS = read_number("COUNTERSIGN_RECALL_SECONDS", 60, least=0, most=3600)

SECRET_KEY = read_secret("COUNTERSIGN_SECRET_KEY", KEYS / "web.key")
DEBUG = False
# On loopback networks send the browser back to 127.0.0.1, from where it is sent on to localhost.
ALLOWED_HOSTS = [ORIGIN.host, *(["127.0.0.1"] if ORIGIN.host == "localhost" else []), *read_list("COUNTERSIGN_ALLOWED_HOSTS")]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "countersign.web",
    "countersign.audit",
    "countersign.notices",
    "countersign.people",
    "countersign.review",
    "countersign.access.grants",
    "countersign.access.devices",
    "countersign.access.evidence",
    "countersign.access.vault",
    "countersign.access.glass",
    "countersign.access.lockout",
    "countersign.access.recovery",
    "countersign.access.departures",
    "countersign.policy.charter",
    "countersign.content.media",
    "countersign.content.posts",
    "countersign.content.comments",
    "countersign.desk",
    "countersign.desk.scim",
    "countersign.desk.signon",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "countersign.people.middleware.Standing",
    "django_htmx.middleware.HtmxMiddleware",
    "countersign.web.errors.NamedErrors",
    "countersign.desk.refusals.RecordRefusals",
]
# Strict policy: no inline script, no inline style, no eval, no foreign host.
SECURE_CSP: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "manifest-src": [CSP.SELF],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
IS_HTTPS = ORIGIN.scheme == "https"
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None

ROOT_URLCONF = "countersign.config.urls"
ASGI_APPLICATION = "countersign.config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "src" / "countersign" / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "countersign.desk.frame.frame",
            ]
        },
    }
]

_database = read_choice("COUNTERSIGN_DATABASE", "sqlite", {"sqlite", "postgresql"})
PG_POOL = read_number("COUNTERSIGN_PG_POOL", 32, least=4, most=500)
if _database == "postgresql":
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": read_text("COUNTERSIGN_PG_NAME", "countersign"),
            "HOST": read_text("COUNTERSIGN_PG_HOST", "127.0.0.1"),
            "PORT": read_text("COUNTERSIGN_PG_PORT", "5432"),
            "USER": read_text("COUNTERSIGN_PG_USER", "countersign"),
            "PASSWORD": read_secret("COUNTERSIGN_PG_PASSWORD", None),
            "CONN_HEALTH_CHECKS": True,
            # Each request has a thread of its own: what a thread keeps is lost with it, so what is kept is kept here.
            "OPTIONS": {"pool": {"min_size": 1, "max_size": PG_POOL, "timeout": 20, "max_idle": 60}},
        }
    }
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": read_path("COUNTERSIGN_SQLITE", DATA / "countersign.sqlite3"),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;PRAGMA temp_store=MEMORY;"
                    "PRAGMA mmap_size=134217728;PRAGMA busy_timeout=20000;PRAGMA journal_size_limit=67108864;"
                    "PRAGMA cache_size=-20000;PRAGMA secure_delete=ON;"
                ),
            },
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_ADAPTER = "countersign.people.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = False  # those of allauth count in one process's memory; `people` counts in the database
MFA_ADAPTER = "countersign.people.adapters.MFAAdapter"
MFA_FORMS = {"authenticate": "countersign.people.forms.SecondFactorForm"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS

# Sessions: our own table keeps a hash of the cookie, never the cookie. Seconds.
SESSION_ENGINE = "countersign.people.sessions"
SESSION_COOKIE_NAME = "__Host-session" if IS_HTTPS else "countersign-session"
SESSION_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE_SECONDS = 30 * 60
SESSION_IDLE_SECONDS_FOR_SIGNERS = 15 * 60
DEVICE_COOKIE_NAME = "__Host-countersign-device" if IS_HTTPS else "countersign-device"
CSRF_COOKIE_NAME = "__Host-csrf" if IS_HTTPS else "countersign-csrf"
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "countersign.desk.refusals.csrf_failed"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": read_text("COUNTERSIGN_SMTP_HOST", "127.0.0.1"),
            "port": read_number("COUNTERSIGN_SMTP_PORT", 25, least=1, most=65535),
            "timeout": 10,
        },
    }
    if read_text("COUNTERSIGN_SMTP_HOST", "")
    else {"BACKEND": "django.core.mail.backends.filebased.EmailBackend", "OPTIONS": {"file_path": str(DATA / "mail")}}
}
DEFAULT_FROM_EMAIL = read_text("COUNTERSIGN_MAIL_FROM", "countersign@localhost")

STATIC_URL = "/static/"
STATIC_ROOT = RUN / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "servestatic.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 3_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

USE_TZ = True
TIME_ZONE = read_text("COUNTERSIGN_TIME_ZONE", "Europe/Brussels")
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("nl", "Nederlands"), ("de", "Deutsch")]
LOCALE_PATHS = [ROOT / "src" / "countersign" / "web" / "locale"]

# One line an event, no secrets, no post text, no personal data.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"without tokens": {"()": "countersign.config.logs.WithoutTokens"}},
    "handlers": {"err": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without tokens"]}},
    "root": {"handlers": ["err"], "level": "WARNING"},
}
