from django.apps import AppConfig


class AgreementConfig(AppConfig):
    name = "praxis.practices.agreement"
    default_auto_field = "django.db.models.BigAutoField"
