from django.apps import AppConfig


class TimelineConfig(AppConfig):
    name = "praxis.estate.timeline"
    default_auto_field = "django.db.models.BigAutoField"
