from django.apps import AppConfig


class SourcesConfig(AppConfig):
    name = "praxis.abilities.sources"
    default_auto_field = "django.db.models.BigAutoField"
