from django.urls import path

from . import devices, shared, views

urlpatterns = [
    path("my", views.mine, name="my"),
    path("my/new", views.new, name="my_new"),
    path("my/alike", shared.alike, name="my_alike"),
    path("my/<slug:number>/too", shared.too, name="my_too"),
    path("my/devices", devices.devices, name="my_devices"),
    path("my/devices/<slug:number>/confirm", devices.confirm, name="my_device_confirm"),
    path("t/<slug:number>", devices.label, name="label"),
    path("my/<slug:number>", views.one, name="my_record"),
    path("my/<slug:number>/reply", views.reply, name="my_reply"),
    path("my/<slug:number>/step/<slug:name>", views.step, name="my_step"),
]
