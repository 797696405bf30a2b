from django.apps import AppConfig


class StocktakeConfig(AppConfig):
    name = "praxis.estate.stocktake"
    default_auto_field = "django.db.models.BigAutoField"
