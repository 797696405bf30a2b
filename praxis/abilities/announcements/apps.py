from django.apps import AppConfig


class AnnouncementsConfig(AppConfig):
    name = "praxis.abilities.announcements"
    default_auto_field = "django.db.models.BigAutoField"
