"""Numbers such as INC-1042: a counter per kind, known before the insert, gaps allowed, no reuse.

On PostgreSQL a sequence per kind, so that creates do not wait for each other; on SQLite, where one transaction writes
at a time anyway, a row.
"""

from django.db import connection

from .kinds import registry

FIRST = 1000  # the first number is 1001: nobody likes to be incident 1


def take(kind, count=1):
    """The next `count` numbers of a kind, in order."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [_sequence(kind.key), count])
            values = [row[0] for row in cursor.fetchall()]
        else:
            cursor.execute(
                "INSERT INTO kernel_counter (kind, value) VALUES (%s, %s) "
                "ON CONFLICT (kind) DO UPDATE SET value = kernel_counter.value + %s RETURNING value",
                [kind.key, FIRST + count, count],
            )
            last = cursor.fetchone()[0]
            values = range(last - count + 1, last + 1)
    return [f"{kind.prefix}-{value}" for value in values]


def count(name, first=1):
    """The next value of a counter of any other name, such as the asset tags of a company; those who count at once wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO kernel_counter (kind, value) VALUES (%s, %s) ON CONFLICT (kind) DO UPDATE SET value = kernel_counter.value + 1 RETURNING value", [name, first])
        return cursor.fetchone()[0]


def counted(name, value):
    """Let the next value be higher than this one: somebody wrote it by hand."""
    most = "greatest" if connection.vendor == "postgresql" else "max"
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO kernel_counter (kind, value) VALUES (%s, %s) ON CONFLICT (kind) DO UPDATE SET value = {most}(kernel_counter.value, %s)", [name, value, value])


def prepare():
    """Make what `take` needs for every kind; safe to repeat."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for key in registry:
                cursor.execute(f"CREATE SEQUENCE IF NOT EXISTS {_sequence(key)} START {FIRST + 1}")


def beyond(kind, value):
    """Let the next number be higher than `value`: after numbers were taken over from elsewhere."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            name = _sequence(kind.key)
            cursor.execute(f"SELECT setval(%s, greatest(%s, (SELECT last_value FROM {name})))", [name, value])
        else:
            cursor.execute(
                "INSERT INTO kernel_counter (kind, value) VALUES (%s, %s) "
                "ON CONFLICT (kind) DO UPDATE SET value = max(kernel_counter.value, %s)",
                [kind.key, value, value],
            )


def _sequence(key):
    if not key.isidentifier():
        raise ValueError(key)
    return f"number_{key}"
