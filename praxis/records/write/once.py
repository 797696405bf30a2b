from hashlib import sha256

from django.db import connection

from praxis.kernel.now import now

from ..models import Once
from .gate import writing


@writing()
def once(key, by, run):
    """`run()` unless this actor already did it under this key; returns its JSON answer, then or now.

    The key and the work commit together; a second request with the same key waits and gets the first one's answer.
    """
    digest = sha256(f"{by.id}:{key}".encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO records_once (key, answer, at) VALUES (%s, NULL, %s) ON CONFLICT (key) DO NOTHING",
            [digest, connection.ops.adapt_datetimefield_value(now())],
        )
        mine = cursor.rowcount == 1
    if not mine:
        return Once.objects.get(key=digest).answer
    answer = run()
    Once.objects.filter(key=digest).update(answer=answer)
    return answer
