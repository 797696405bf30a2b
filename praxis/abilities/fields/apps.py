from django.apps import AppConfig


class FieldsConfig(AppConfig):
    name = "praxis.abilities.fields"
    default_auto_field = "django.db.models.BigAutoField"
