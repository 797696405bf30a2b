from django.apps import AppConfig


class MajorConfig(AppConfig):
    name = "praxis.practices.major"
    default_auto_field = "django.db.models.BigAutoField"
