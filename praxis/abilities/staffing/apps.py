from django.apps import AppConfig


class StaffingConfig(AppConfig):
    name = "praxis.abilities.staffing"
    default_auto_field = "django.db.models.BigAutoField"
