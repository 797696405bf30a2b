from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "praxis.abilities.imports"
    default_auto_field = "django.db.models.BigAutoField"
