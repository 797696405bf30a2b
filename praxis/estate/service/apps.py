from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "praxis.estate.service"
    default_auto_field = "django.db.models.BigAutoField"
