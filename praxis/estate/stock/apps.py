from django.apps import AppConfig


class StockConfig(AppConfig):
    name = "praxis.estate.stock"
    default_auto_field = "django.db.models.BigAutoField"
