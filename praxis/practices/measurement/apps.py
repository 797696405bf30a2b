from django.apps import AppConfig


class MeasurementConfig(AppConfig):
    name = "praxis.practices.measurement"
