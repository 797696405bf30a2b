from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    name = "praxis.abilities.measures"
    default_auto_field = "django.db.models.BigAutoField"
