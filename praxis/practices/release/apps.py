from django.apps import AppConfig


class ReleaseConfig(AppConfig):
    name = "praxis.practices.release"
    default_auto_field = "django.db.models.BigAutoField"
