"""Signing in and out, sessions of one's own, one-time links."""

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, login, logout, password_validation, update_session_auth_hash
from django.contrib.auth.hashers import make_password
from django.core.exceptions import BadRequest, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from praxis.kernel.now import now
from praxis.lib.text import whole, without_control
from praxis.people import sessions, signin
from praxis.people.models import Organisation, Person, Session, Token
from praxis.records import feeds, write
from praxis.records.models import Feed
from praxis.screens.access import PUBLIC, SIGNED_IN, access
from praxis.screens.draw import csrf, page

BACKEND = "praxis.people.signin.Backend"


def own_path(request, path, default="/"):
    """`path` if it leads within this site, else the default: no open redirects (T-C9)."""
    good = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if good and url_has_allowed_host_and_scheme(path, {request.get_host()}) else default


def _draw(request, name, status=200, **context):
    organisation = Organisation.objects.order_by("pk").first()
    html = engines["jinja2"].env.get_template(name).render(csrf=csrf(request), organisation=organisation, **context)
    return HttpResponse(html, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
@access(PUBLIC)
def sign_in(request):
    there = own_path(request, request.POST.get("next") or request.GET.get("next") or "/")
    email, error, status = "".join(without_control(request.POST.get("email", "")).split())[:254], "", 200
    if "\x00" in request.POST.get("email", ""):
        raise BadRequest("An address has no such character.")
    if request.method == "POST":
        address = request.address
        try:
            signin.check_limits(address, email)
            person = authenticate(request, email=email, password=request.POST.get("password", "")[:1000])
            if person:
                signin.forget_failures(email)
                enter(request, person)
                return redirect(there)
            signin.note_failure(address, email)
            error, status = _("E-mail or password is wrong."), 422
        except signin.TooMany:
            error, status = _("Too many tries. Wait ten minutes, or ask your administrator for a sign-in link."), 429
    elif request.person.pk:
        return redirect(there)
    return _draw(request, "web/login.j2", status, there=there, email=email, error=error)


def enter(request, person):
    """Start a session: a new key, with what its owner recognises it by."""
    request.session["agent"] = request.headers.get("User-Agent", "")[:200]
    request.session["address"] = request.address
    login(request, person, backend=BACKEND)
    signin.note_success(person)


@never_cache
@require_http_methods(["GET", "POST"])
@access(PUBLIC)
def one_time(request, secret):
    """A one-time link: opening it shows a button, so that a link scanner uses nothing up; the button signs in."""
    if request.method == "POST":
        person = signin.use_link(secret)
        if person:
            enter(request, person)
            return redirect("/")
    elif signin.link_is_good(secret):
        return _draw(request, "web/link.j2", secret=secret)
    return _draw(request, "web/link.j2", 410, secret="")


@require_POST
@access(SIGNED_IN)
def sign_out(request):
    logout(request)
    return redirect(settings.LOGIN_URL)


@require_POST
@access(SIGNED_IN)
def sign_out_everywhere(request):
    sessions.end_all(request.person)
    logout(request)
    return redirect(settings.LOGIN_URL)


@require_POST
@access(SIGNED_IN)
def end_as(request):
    """Back to one's own eyes after looking as somebody else."""
    request.session.pop("as", None)
    return redirect("/admin/why")


@require_POST
@access(SIGNED_IN)
def session_end(request, key):
    """End one of one's own other sessions, named by the beginning of its key."""
    rows = [s for s in Session.objects.filter(person=request.person.pk) if s.session_key.startswith(key)]
    if not rows or len(key) < 8:
        raise Http404
    rows[0].delete()
    return redirect("/account")


class PasswordForm(forms.Form):
    password = forms.CharField(label="New password", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False)


@require_http_methods(["GET", "POST"])
@access(SIGNED_IN)
def account(request):
    """One's own page: sessions, password, theme, tokens."""
    form, status, secret = PasswordForm(), 200, ""
    what = request.POST.get("what", "")
    if what == "password":
        form = PasswordForm(request.POST)
        status = 422
        if form.is_valid():
            try:
                password_validation.validate_password(form.cleaned_data["password"], request.person)
                person = write.save(Person.objects.get(pk=request.person.pk), request.actor,
                                    password=make_password(form.cleaned_data["password"]))
                update_session_auth_hash(request, person)
                sessions.end_all(request.person, but=request.session.session_key)
                return redirect("/account")
            except ValidationError as problem:
                form.add_error("password", problem)
    elif what == "theme":
        theme = {"light": "light", "dark": "dark"}.get(request.POST.get("theme"), "")
        write.save(Person.objects.get(pk=request.person.pk), request.actor, theme=theme)
        return redirect("/account")
    elif what == "token":
        scopes = [s for s in request.POST.get("scopes", "*").split() if s][:20] or ["*"]
        _row, secret = signin.make_token(request.person, request.POST.get("name", "").strip()[:80] or _("Token"), scopes)
    elif what == "feed":
        feeds.revoke(request.actor, whole(request.POST.get("id", "")))
        return redirect("/account")
    elif what == "revoke":
        signin.revoke_token(request.person, whole(request.POST.get("id", "")))
        return redirect("/account")
    return page(request, "web/account.j2", status, form=form, secret=secret, section="account",
                sessions=Session.objects.filter(person=request.person.pk, expire_date__gt=now()).order_by("-made_at"),
                here=request.session.session_key, feeds=Feed.objects.filter(person=request.person.pk, revoked_at=None).order_by("-made_at"),
                tokens=Token.objects.filter(person=request.person.pk, revoked_at=None).order_by("-made_at"))
