from django.apps import AppConfig


class StatusConfig(AppConfig):
    name = "praxis.interfaces.status"
