"""Events that name people become notices, in the transaction of the event: told once, whatever dies afterwards."""

from praxis.kernel import listen

from .models import Notice


@listen.on("*")
def tell(event):
    people = event.data.get("tell") if event.subject else None
    if people:
        text = str(event.data.get("words", ""))[:300]
        Notice.objects.bulk_create([Notice(person_id=p, record_id=event.subject, event=event.pk, text=text, at=event.at)
                                    for p in dict.fromkeys(people)], ignore_conflicts=True)
