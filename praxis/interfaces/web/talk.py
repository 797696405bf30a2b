"""What belongs to a conversation and has an address of its own: files, long entries, older ones, saved answers."""

from urllib.parse import quote

from django.http import FileResponse, Http404, HttpResponse
from django.views.decorators.http import require_GET

from praxis.abilities.conversation.answers import answers_for
from praxis.abilities.conversation.display import words
from praxis.abilities.conversation.read import entry_for, file_for, timeline
from praxis.abilities.conversation.store import path_of
from praxis.kernel.display import every_panel, fields
from praxis.lib.text import whole
from praxis.records.read import by_number
from praxis.screens.access import SIGNED_IN, access
from praxis.screens.draw import asked_by_script, fragment, page
from praxis.screens.views import record_of


@require_GET
@access(SIGNED_IN)
def file(request, pk):
    """An attached file, as a download that runs nowhere, for whoever may see what it hangs on."""
    found = file_for(pk, request.actor, by_number)
    if found is None or not path_of(found.sha256).exists():
        raise Http404
    answer = FileResponse(path_of(found.sha256).open("rb"), content_type="application/octet-stream")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name)}"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@require_GET
@access(SIGNED_IN)
def said(request, pk):
    """The whole of a long entry, as plain text, for whoever may see it."""
    found = entry_for(pk, request.actor, by_number)
    if found is None:
        raise Http404
    return HttpResponse(found.text, content_type="text/plain; charset=utf-8")


@require_GET
@access("desk.work")
def older(request, number):
    """What was said and done before an event, a page at a time."""
    record = by_number(number, request.actor, "requester")
    if record is None:
        raise Http404
    lines, before = timeline(record, request.actor, before=whole(request.GET.get("before", "")))
    return page(request, "web/older.j2", record=record, kind=record.type, lines=lines, before=before, words=words, facts=fields(record.kind),
                section=record.kind, first=before is None)


@require_GET
@access("desk.work")
def answers(request, number):
    """The saved answers that fit a record, already filled, to choose one; without scripts a page with the composer below the choice."""
    record = record_of(request, number)
    composer = every_panel(record.kind)["conversation.composer"]
    context = composer.load(record, request.actor)
    if context is None:
        raise Http404
    typed = request.GET.get("q", "").strip()[:80]
    found = answers_for(record, request.actor, typed)
    chosen = next(((row, text) for row, text in found if row.pk == whole(request.GET.get("use", ""))), None)
    context |= {"record": record, "found": found, "typed": typed, "chosen": chosen, "kind": record.type}
    if asked_by_script(request):
        return fragment(request, "conversation/answers_found.j2" if "q" in request.GET else "conversation/answers.j2", **context)
    return page(request, "web/answers.j2", section=record.kind, **context)
