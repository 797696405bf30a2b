from django.apps import AppConfig


class EffortConfig(AppConfig):
    name = "praxis.abilities.effort"
    default_auto_field = "django.db.models.BigAutoField"
