from django.apps import AppConfig


class LinksConfig(AppConfig):
    name = "praxis.abilities.links"
    default_auto_field = "django.db.models.BigAutoField"
