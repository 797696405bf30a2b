from django.apps import AppConfig


class IncidentConfig(AppConfig):
    name = "praxis.practices.incident"
    default_auto_field = "django.db.models.BigAutoField"
