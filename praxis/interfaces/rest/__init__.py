"""OpenAPI 3.1 over every kind, generated from the declarations; the only place that knows django-ninja."""
