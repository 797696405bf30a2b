from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "praxis.frameworks.evidence"
    default_auto_field = "django.db.models.BigAutoField"
