from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "praxis.abilities.search"
    default_auto_field = "django.db.models.BigAutoField"
