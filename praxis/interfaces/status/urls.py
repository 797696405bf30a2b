from django.urls import path

from . import views

urlpatterns = [
    path("status/<slug:key>", views.page, name="status"),
    path("status/<slug:key>/history", views.history, name="status_history"),
    path("status/<slug:key>/data.json", views.data, name="status_data"),
    path("status/<slug:key>/feed.atom", views.feed, name="status_feed"),
]
