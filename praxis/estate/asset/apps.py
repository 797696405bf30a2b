from django.apps import AppConfig


class AssetConfig(AppConfig):
    name = "praxis.estate.asset"
    default_auto_field = "django.db.models.BigAutoField"
