"""Every address of Praxis. A view without a declared access is refused (see interfaces.web.middleware.Access)."""

from django.urls import include, path

urlpatterns = [
    path("", include("praxis.interfaces.web.urls")),
    path("", include("praxis.interfaces.portal.urls")),
    path("", include("praxis.interfaces.status.urls")),
    path("api/", include("praxis.interfaces.rest.urls")),
]
handler404 = "praxis.interfaces.web.errors.not_found"
handler403 = "praxis.interfaces.web.errors.forbidden"
handler400 = "praxis.interfaces.web.errors.bad_request"
handler500 = "praxis.interfaces.web.errors.failed"
