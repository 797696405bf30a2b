from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "praxis.abilities.notices"
    default_auto_field = "django.db.models.BigAutoField"
