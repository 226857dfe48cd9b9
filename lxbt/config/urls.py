"""Root addresses."""

from django.urls import include, path

urlpatterns = [
    path("", include("lxbt.exchange.urls")),
    path("", include("lxbt.provincial.urls")),
    path("", include("lxbt.web.urls")),
]
handler400 = "lxbt.web.kit.errors.bad_request"
handler403 = "lxbt.web.kit.errors.forbidden"
handler404 = "lxbt.web.kit.errors.not_found"
handler500 = "lxbt.web.kit.errors.failed"
