from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Last in the list of apps: when it is ready, everything is declared and the registry is frozen."""

    name = "praxis.site"
    label = "praxis_site"

    def ready(self):
        from praxis.kernel.loading import load  # models must be loaded first, so not at the top

        load()
