"""Gives the declared fields to the writers, the lists and the forms."""

from functools import partial

from django.core.cache import cache

from praxis.kernel import listen
from praxis.records.extras import Extra, fulfils, provides

from . import types
from .models import CustomField


@provides
def declared(kind):
    return [
        Extra(key=f.key, label=f.label, type=f.type, organisation=f.organisation_id, clean=partial(types.clean, f), words=partial(types.words, f),
              required=f.required, portal=f.portal, on_page=f.on_page, in_list=f.in_list, options=tuple(f.options), hint=f.hint, section=f.section,
              when=partial(fulfils, condition=f.when) if f.when else None, asked=f.when)
        for f in CustomField.objects.filter(kind=kind).order_by("position", "pk")
    ]


@listen.on("customfield.saved")
def forget(event):
    cache.clear()
