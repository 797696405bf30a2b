from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "praxis.abilities.alerts"
    default_auto_field = "django.db.models.BigAutoField"
