from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "praxis.kernel"
    default_auto_field = "django.db.models.BigAutoField"
