from django.apps import AppConfig


class ConversationConfig(AppConfig):
    name = "praxis.abilities.conversation"
    default_auto_field = "django.db.models.BigAutoField"
