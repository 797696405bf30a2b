from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "praxis.abilities.approvals"
    default_auto_field = "django.db.models.BigAutoField"
