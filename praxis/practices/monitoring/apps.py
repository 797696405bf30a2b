from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "praxis.practices.monitoring"
    default_auto_field = "django.db.models.BigAutoField"
