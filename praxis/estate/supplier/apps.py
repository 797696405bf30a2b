from django.apps import AppConfig


class SupplierConfig(AppConfig):
    name = "praxis.estate.supplier"
    default_auto_field = "django.db.models.BigAutoField"
