from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "praxis.abilities.tasks"
    default_auto_field = "django.db.models.BigAutoField"
