from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from praxis.kernel.now import now

from ..models import Once
from .gate import writing


def once(key, by, run, asked=""):
    """`run()` unless this actor already did it under this key; returns its JSON answer, then or now.

    The key and the work commit together; a second request with the same key waits and gets the first one's answer.
    Without a key it simply runs. `asked` tells what was asked: the same key for something else is refused.
    """
    return _once(key, by, run, sha256(asked.encode()).hexdigest()[:16]) if key else run()


@writing()
def _once(key, by, run, asked):
    digest = sha256(f"{by.id}:{key}".encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO records_once (key, answer, at) VALUES (%s, NULL, %s) ON CONFLICT (key) DO NOTHING",
            [digest, connection.ops.adapt_datetimefield_value(now())],
        )
        mine = cursor.rowcount == 1
    if not mine:
        kept = Once.objects.get(key=digest).answer
        if kept["asked"] != asked:
            raise ValidationError(_("This key was used for something else already. Use a new one."))
        return kept["answer"]
    answer = run()
    Once.objects.filter(key=digest).update(answer={"asked": asked, "answer": answer})
    return answer
