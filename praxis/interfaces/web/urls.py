from django.urls import path

from praxis.screens import pages as extra
from praxis.screens import views

from . import home, pages, signin

urlpatterns = [
    path("", home.home, name="home"),
    path("take-next", home.take_next, name="take_next"),
    path("sign-in", signin.sign_in, name="sign_in"),
    path("in/<str:secret>", signin.one_time, name="one_time"),
    path("sign-out", signin.sign_out, name="sign_out"),
    path("sign-out-everywhere", signin.sign_out_everywhere, name="sign_out_everywhere"),
    path("account", signin.account, name="account"),
    path("account/sessions/<slug:key>/end", signin.session_end, name="session_end"),
    path("search", pages.search, name="search"),
    path("keys", pages.keys, name="keys"),
    path("jobs", pages.jobs, name="jobs"),
    path("jobs/<uuid:pk>/retry", pages.job_retry, name="job_retry"),
    path("files/<int:pk>", pages.file, name="file"),
    path("k/<slug:key>", views.record_list, name="list"),
    path("k/<slug:key>/new", views.record_new, name="new"),
    path("k/<slug:key>/bulk", pages.bulk, name="bulk"),
    path("k/<slug:key>/export.csv", views.list_export, name="export"),
    path("k/<slug:key>/views", views.view_save, name="view_save"),
    path("k/<slug:key>/filter/<slug:field>", views.list_filter, name="filter"),
    path("k/<slug:key>/apply/<slug:field>", views.list_apply, name="apply"),
    path("r/<slug:number>", views.record_detail, name="record"),
    path("r/<slug:number>/field/<slug:key>", views.record_field, name="field"),
    path("r/<slug:number>/panel/<str:key>", views.record_panel, name="panel"),
    path("r/<slug:number>/move/<slug:name>", views.record_move, name="move"),
    path("r/<slug:number>/do/<slug:key>", views.record_act, name="act"),
    *(path(route, view, name=name) for route, view, name in extra.added),
]
