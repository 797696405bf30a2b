from django.apps import AppConfig


class CmdbConfig(AppConfig):
    name = "praxis.estate.cmdb"
    default_auto_field = "django.db.models.BigAutoField"
