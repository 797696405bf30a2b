from django.urls import path

from . import views

urlpatterns = [
    path("my", views.mine, name="my"),
    path("my/new", views.new, name="my_new"),
    path("my/<slug:number>", views.one, name="my_record"),
    path("my/<slug:number>/reply", views.reply, name="my_reply"),
    path("my/<slug:number>/step/<slug:name>", views.step, name="my_step"),
]
