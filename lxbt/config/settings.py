"""Settings. Everything that differs between installations comes from the environment."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONCE, SELF  # noqa: F401  (NONCE is offered to installations that override)
from django.core.exceptions import ImproperlyConfigured

from lxbt.config.command_line import var_folder
from lxbt.config.keys import Keyring, roster_key
from lxbt.config.logs import logging_settings

BASE = Path(__file__).resolve().parent.parent
VAR = var_folder()

# A server behind a dead line is given up instead of being waited for; an address with options of its own overrides it.
LINE_LIMITS = {
    "connect_timeout": "10",  # seconds
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",  # milliseconds that what was sent may stay unanswered by the line
}


def database(url: str) -> dict[str, object]:
    """Django's database dictionary from an address postgresql://user:password@host:port/name?option=value."""
    parts = urlsplit(url)
    options = {**LINE_LIMITS, **dict(parse_qsl(parts.query))}
    if role := os.environ.get("LXBT_DATABASE_ROLE"):  # set by `lxbt serve` for the pages and the worker
        options["options"] = f"{options.get('options', '')} -c role={role}".strip()
    if seconds := os.environ.get("LXBT_STATEMENT_SECONDS"):  # set by `lxbt serve` for the pages
        limits = f"-c statement_timeout={seconds}s -c lock_timeout={seconds}s"
        limits += f" -c idle_in_transaction_session_timeout={2 * int(seconds)}s"
        options["options"] = f"{options.get('options', '')} {limits}".strip()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "lxbt",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or parts.hostname or "",
        "PORT": options.pop("port", "") or parts.port or "",
        "OPTIONS": options,
        # of every session: a moment cast to a day in SQL, and moments read back, are Beijing's
        "TIME_ZONE": "Asia/Shanghai",
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": 60,
        "ATOMIC_REQUESTS": False,
    }


LXBT_KEYRING = Keyring(VAR / "keys.json")  # {key id: SM4 key of 16 bytes}, with the id that new values are sealed with
SECRET_KEY = LXBT_KEYRING.session
LXBT_INDEX_KEY = LXBT_KEYRING.index  # HMAC-SM3 key of the look-up indexes
LXBT_VAR = VAR
# The record outside of the database: its head and a copy of its anchors; and where anchors leave to, on a schedule.
LXBT_AUDIT_FOLDER = Path(os.environ.get("LXBT_AUDIT_FOLDER") or VAR / "audit")
LXBT_ANCHOR_FOLDER = os.environ.get("LXBT_ANCHOR_FOLDER", "")  # of another machine, mounted: a file every hour
LXBT_ANCHOR_MAIL = [a for a in os.environ.get("LXBT_ANCHOR_MAIL", "").split(",") if a]  # once a day
EMAIL_HOST = os.environ.get("LXBT_MAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("LXBT_MAIL_PORT", "25"))
EMAIL_USE_TLS = os.environ.get("LXBT_MAIL_TLS") == "1"
EMAIL_HOST_USER = os.environ.get("LXBT_MAIL_USER", "")
EMAIL_HOST_PASSWORD = (
    Path(os.environ["LXBT_MAIL_SECRET_FILE"]).read_text().strip() if os.environ.get("LXBT_MAIL_SECRET_FILE") else ""
)
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = os.environ.get("LXBT_MAIL_FROM", "lxbt@localhost")
LXBT_ENVIRONMENT = os.environ.get("LXBT_ENVIRONMENT", "demo")  # shown in the top bar unless it is `production`

DEBUG = os.environ.get("LXBT_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("LXBT_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("LXBT_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "pgtrigger",
    "csp",
    "procrastinate.contrib.django",
    "lxbt.audit",
    "lxbt.divisions",
    "lxbt.accounts",
    "lxbt.documents",
    "lxbt.notices",
    "lxbt.proposals",
    "lxbt.support",
    "lxbt.standards",
    "lxbt.registry",
    "lxbt.entitlements",
    "lxbt.applications",
    "lxbt.payments",
    "lxbt.leads",
    "lxbt.matching",
    "lxbt.statistics",
    "lxbt.rollout",
    "lxbt.exchange",
    "lxbt.imports",
    "lxbt.provincial",
    "lxbt.web",
    "lxbt.cli",
]
if LXBT_ENVIRONMENT != "production":  # their commands are there only where their programs may run
    INSTALLED_APPS += ["lxbt.simulators", "lxbt.demonstration"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "lxbt.web.kit.origin.acting_address",
    "csp.middleware.CSPMiddleware",
    "lxbt.web.kit.edge.more_headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "lxbt.web.kit.tracing.traced_requests",
    "lxbt.web.kit.legible.legible_cookies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "lxbt.web.kit.language.reader_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "lxbt.web.kit.legible.LegibleRequests",
]
ROOT_URLCONF = "lxbt.config.urls"
WSGI_APPLICATION = "lxbt.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lxbt.web.kit.frame.shell",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]
DATABASES = {"default": database(os.environ.get("DATABASE_URL") or "postgresql:///lxbt")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LXBT_PASSWORD_DAYS = int(
    os.environ.get("LXBT_PASSWORD_DAYS", "180")
)  # after which a password must be changed at log-in
LXBT_SESSION_HOURS = int(os.environ.get("LXBT_SESSION_HOURS", "10"))  # after which one must log in anew, however busy
SESSION_COOKIE_AGE = 60 * int(os.environ.get("LXBT_IDLE_MINUTES", "15"))
SESSION_SAVE_EVERY_REQUEST = True
SESSION_COOKIE_HTTPONLY = True
LXBT_HTTPS = os.environ.get("LXBT_HTTPS") == "1"  # the pages are reached through TLS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LXBT_HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

# The second factor: `required` of those who must have one, or `offered` to everybody (a demonstration); who has one
# must always give it.
LXBT_SECOND_FACTOR = os.environ.get("LXBT_SECOND_FACTOR") or (
    "offered" if LXBT_ENVIRONMENT in ("demo", "test", "bench") else "required"
)
if LXBT_SECOND_FACTOR not in ("required", "offered"):
    raise ImproperlyConfigured("LXBT_SECOND_FACTOR is `required` or `offered`")
if LXBT_SECOND_FACTOR == "offered" and LXBT_ENVIRONMENT not in ("demo", "test", "bench"):
    raise ImproperlyConfigured(
        "LXBT_SECOND_FACTOR=offered is for demonstrations: money, deciding and audit rights ask for a second factor "
        "here"
    )

# Files of persons that one human being may take out without a second person, in a rolling window.
LXBT_EXPORT_DAYS = int(os.environ.get("LXBT_EXPORT_DAYS", "30"))
LXBT_EXPORT_PERSONS = int(os.environ.get("LXBT_EXPORT_PERSONS", "5000"))  # different persons
LXBT_EXPORT_ROWS = int(os.environ.get("LXBT_EXPORT_ROWS", "20000"))  # rows, the same persons again among them

# Log-in through a provider of identities (OpenID Connect): on when an issuer is named.
LXBT_OIDC_ISSUER = os.environ.get("LXBT_OIDC_ISSUER", "").rstrip("/")
LXBT_OIDC_CLIENT = os.environ.get("LXBT_OIDC_CLIENT", "")
LXBT_OIDC_SECRET = (
    Path(os.environ["LXBT_OIDC_SECRET_FILE"]).read_text().strip() if os.environ.get("LXBT_OIDC_SECRET_FILE") else ""
)
LXBT_OIDC_CLAIM = os.environ.get("LXBT_OIDC_CLAIM", "preferred_username")  # the claim that holds the user name
LXBT_OIDC_LABEL = os.environ.get("LXBT_OIDC_LABEL", "")  # what the button says
LXBT_OIDC_ACR = [
    name for name in os.environ.get("LXBT_OIDC_ACR", "").split(",") if name
]  # contexts that count as a second factor

# The door for machines. Keys that we sign with lie in a folder that only its owner can read.
LXBT_EXCHANGE_ID = os.environ.get("LXBT_EXCHANGE_ID", "lxbt")  # the sender_id that partners know us by
LXBT_EXCHANGE_URL = os.environ.get("LXBT_EXCHANGE_URL", "http://127.0.0.1:8000/dci").rstrip(
    "/"
)  # where partners reach us
LXBT_WEBHOOK_LOOPBACK = os.environ.get("LXBT_WEBHOOK_LOOPBACK", "") == "1" and LXBT_ENVIRONMENT in (
    "demo",
    "test",
)  # demonstrations and tests: events may be told to programs on this machine
LXBT_WEBHOOK_NETWORKS = (
    tuple(  # closed nets that provinces stand in: their addresses may be called, though they are not public
        one.strip() for one in os.environ.get("LXBT_WEBHOOK_NETWORKS", "").split(",") if one.strip()
    )
)
LXBT_EXCHANGE_KEYS = Path(os.environ.get("LXBT_EXCHANGE_KEYS") or VAR / "exchange")
LXBT_ROSTER_KEY = roster_key(
    VAR / "roster.key", LXBT_ENVIRONMENT
)  # shared with the Federation, for comparing registers

LXBT_CERTIFICATE_HEADER = os.environ.get(
    "LXBT_CERTIFICATE_HEADER", ""
)  # set by the TLS front of the provincial interface: SHA-256 of the client's certificate

# The edge: how many reverse proxies stand before this server, and what they may tell.
LXBT_PROXIES = int(os.environ.get("LXBT_PROXIES", "0"))
LXBT_PROXY_NETWORKS = tuple(  # from where these call; what anybody else writes into X-Forwarded-For is not believed
    one.strip() for one in os.environ.get("LXBT_PROXY_NETWORKS", "127.0.0.0/8,::1/128").split(",") if one.strip()
)
LXBT_ADDRESS_FAILURES = int(
    os.environ.get("LXBT_ADDRESS_FAILURES", "100")
)  # failed log-ins from one address in 15 minutes
LXBT_PUBLIC_PER_MINUTE = int(
    os.environ.get("LXBT_PUBLIC_PER_MINUTE", "600")
)  # requests of public pages from one address
if os.environ.get("LXBT_PROXY_SSL_HEADER"):  # for instance X-Forwarded-Proto; only where the proxy sets it itself
    SECURE_PROXY_SSL_HEADER = ("HTTP_" + os.environ["LXBT_PROXY_SSL_HEADER"].upper().replace("-", "_"), "https")
SECURE_HSTS_SECONDS = 365 * 86400 if LXBT_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = os.environ.get("LXBT_HSTS_SUBDOMAINS") == "1"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "lxbt.web.kit.errors.stale_form"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": ["'none'"],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": ["'none'"],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE / "web" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("LXBT_STATIC_ROOT") or VAR / "static")
STATICFILES_DIRS = [
    p for p in [Path(os.environ.get("LXBT_NODE_STATIC") or BASE.parent / "build" / "vendor")] if p.exists()
]
STORAGES = {
    "default": {"BACKEND": "lxbt.documents.storage.SyncedStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if LXBT_ENVIRONMENT == "test":  # the test server serves the sources itself
    MIDDLEWARE.remove("whitenoise.middleware.WhiteNoiseMiddleware")
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = False
MEDIA_ROOT = VAR / "documents"
LXBT_FONTS = os.environ.get(
    "LXBT_FONTS", ""
)  # folders with Chinese fonts for PDF, parted by a colon; empty: those of the system
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "lxbt.web.kit.uploads.SealedUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 2**20
SILENCED_SYSTEM_CHECKS: list[str] = []

LOGGING = logging_settings(
    text=(os.environ.get("LXBT_LOG") or ("text" if LXBT_ENVIRONMENT != "production" else "json")) == "text",
    statements=DEBUG and os.environ.get("LXBT_SQL") == "1",  # for developers: every statement of a page, with its time
)
