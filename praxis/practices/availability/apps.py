from django.apps import AppConfig


class AvailabilityConfig(AppConfig):
    name = "praxis.practices.availability"
    default_auto_field = "django.db.models.BigAutoField"
