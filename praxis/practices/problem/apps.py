from django.apps import AppConfig


class ProblemConfig(AppConfig):
    name = "praxis.practices.problem"
    default_auto_field = "django.db.models.BigAutoField"
