from django.apps import AppConfig


class ClocksConfig(AppConfig):
    name = "praxis.abilities.clocks"
    default_auto_field = "django.db.models.BigAutoField"
