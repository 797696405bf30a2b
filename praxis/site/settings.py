"""Deployment settings: from the environment, read once. `praxis check` explains what is unsafe."""

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parents[2]


def env(name, default=""):
    return os.environ.get(name, default)


def flag(name, default=False):
    return env(name, "1" if default else "").lower() in ("1", "true", "yes", "on")


PRAXIS_HOME = Path(env("PRAXIS_HOME", "./var")).resolve()
PRAXIS_HOME.mkdir(parents=True, exist_ok=True)
os.umask(0o027)  # database and files are for the owner and its group
PRAXIS_NOW = env("PRAXIS_NOW")  # freezes the clock, for the demo's screenshots
DEBUG = flag("PRAXIS_DEBUG")


def secret_key():
    """Made on first use, readable by the owner only."""
    path = PRAXIS_HOME / "secret.key"
    if not path.exists():
        try:
            with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass  # another process was faster
    return path.read_text()


SECRET_KEY = env("PRAXIS_SECRET_KEY") or secret_key()
ALLOWED_HOSTS = env("PRAXIS_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in env("PRAXIS_ORIGINS").split(",") if o]
METRICS_FROM = [a for a in env("PRAXIS_METRICS").split(",") if a]  # addresses that may read /metrics, besides this machine
HTTPS = flag("PRAXIS_HTTPS")
PROXIES = [a for a in env("PRAXIS_PROXIES").split(",") if a]  # whose X-Forwarded-For is believed
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "django_tasks",
    "praxis.kernel",
    "praxis.people",
    "praxis.records",
    "praxis.abilities.categories",
    "praxis.abilities.conversation",
    "praxis.abilities.links",
    "praxis.abilities.approvals",
    "praxis.abilities.tasks",
    "praxis.abilities.clocks",
    "praxis.abilities.fields",
    "praxis.abilities.notices",
    "praxis.abilities.announcements",
    "praxis.abilities.alerts",
    "praxis.abilities.imports",
    "praxis.abilities.search",
    "praxis.abilities.sources",
    "praxis.abilities.staffing",
    "praxis.abilities.effort",
    "praxis.abilities.measures",
    "praxis.screens",
    "praxis.estate.service",
    "praxis.estate.cmdb",
    "praxis.estate.supplier",
    "praxis.estate.stock",
    "praxis.estate.asset",
    "praxis.estate.stocktake",
    "praxis.estate.timeline",
    "praxis.practices.change",
    "praxis.practices.incident",
    "praxis.practices.problem",
    "praxis.practices.major",
    "praxis.practices.availability",
    "praxis.practices.deployment",
    "praxis.practices.release",
    "praxis.practices.agreement",
    "praxis.practices.monitoring",
    "praxis.practices.measurement",
    "praxis.frameworks.evidence",
    "praxis.interfaces.web",
    "praxis.interfaces.portal",
    "praxis.interfaces.status",
    "praxis.interfaces.rest",
    "praxis.interfaces.cli",
    "praxis.site",
]
MIDDLEWARE = [
    "praxis.interfaces.web.middleware.Headers",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads at random, and form tokens are masked anew each time
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "praxis.interfaces.web.middleware.People",
    "praxis.interfaces.web.middleware.Access",
]
ROOT_URLCONF = "praxis.site.urls"
WSGI_APPLICATION = "praxis.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": sorted(str(p) for p in (ROOT / "praxis").glob("**/templates")),
        "OPTIONS": {"environment": "praxis.screens.jinja.environment", "auto_reload": DEBUG},
    }
]


def database(url):
    """Django's settings of a DATABASE_URL: sqlite:///path or postgresql://user:password@host:port/name."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "praxis.site.sqlite",
            "NAME": unquote(parts.path[1:]) or ":memory:",
            "TEST": {"NAME": str(PRAXIS_HOME / f"test-{os.getpid()}.sqlite3")},  # a real file: threads and locks as in life
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA journal_size_limit=67108864;"
                "PRAGMA temp_store=MEMORY;PRAGMA recursive_triggers=ON;",
            },
        }
    if parts.scheme in ("postgres", "postgresql"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            # Pages join a record with a dozen small tables; planning every order of them costs more than running one.
            "OPTIONS": {"options": "-c join_collapse_limit=4"},
            "CONN_MAX_AGE": None,
            "TEST": {"NAME": f"test_praxis_{os.getpid()}"},
            "CONN_HEALTH_CHECKS": True,
        }
    raise SystemExit(f"DATABASE_URL names {parts.scheme!r}. Use sqlite:///path/to/file or postgresql://user@host/name.")


DATABASE_URL = env("DATABASE_URL") or f"sqlite:///{PRAXIS_HOME / 'praxis.sqlite3'}"
DATABASES = {"default": database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["praxis.people.signin.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ("name", "email")}},
]
SESSION_ENGINE = "praxis.people.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
LOGIN_URL = "/sign-in"
CSRF_FAILURE_VIEW = "praxis.interfaces.web.errors.bad_token"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # an address is unique within its organisation, and our backend knows it

TASKS = {"default": {"BACKEND": "praxis.kernel.jobs.backend.DatabaseBackend", "QUEUES": ["default", "long"]}}
WORKER = "praxis.kernel.jobs.worker.Worker"
JOBS = env("PRAXIS_JOBS")  # redis://host:port/0 hands jobs to many workers; the rows in the database stay the truth
if JOBS:
    INSTALLED_APPS += ["django_rq"]
    TASKS = {"default": TASKS["default"] | {"BACKEND": "praxis.kernel.jobs.through_redis.Backend"},
             "redis": {"BACKEND": "django_tasks_rq.RQBackend", "QUEUES": ["default"]}}
    MIGRATION_MODULES = {"django_rq": None}  # its model is for pages that we do not serve
    RQ_QUEUES = {"default": {"URL": JOBS, "DEFAULT_TIMEOUT": 24 * 3600}}
    WORKER = "praxis.kernel.jobs.through_redis.Worker"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 5000}}}

USE_TZ, TIME_ZONE = True, "UTC"
USE_I18N, LANGUAGE_CODE = True, "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [ROOT / "praxis" / "locale"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_MOST = 25 * 2**20  # bytes of one attached file

STATIC_URL = "/static/"
STATIC_ROOT = PRAXIS_HOME / "static"
STATICFILES_DIRS = [ROOT / "praxis" / "screens" / "static"]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# The names of Django 6, so that moving there deletes our own middleware.
SECURE_CSP = {
    "default-src": ["'none'"], "script-src": ["'self'"], "style-src": ["'self'"], "img-src": ["'self'", "data:"],
    "font-src": ["'self'"], "connect-src": ["'self'"], "form-action": ["'self'"], "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"], "manifest-src": ["'self'"],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "praxis.kernel.logs.Lines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("PRAXIS_LOG", "WARNING")},
    "loggers": {"rq.worker": {"level": "WARNING"}},
}
