from django.apps import AppConfig


class ChangeConfig(AppConfig):
    name = "praxis.practices.change"
    default_auto_field = "django.db.models.BigAutoField"
