from django.apps import AppConfig


class DeploymentConfig(AppConfig):
    name = "praxis.practices.deployment"
    default_auto_field = "django.db.models.BigAutoField"
