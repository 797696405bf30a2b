"""Indexes of added fields, made and dropped on demand (FLD-01): one over the values of a field, for all who have it."""

from django.db import connection, models
from django.db.models.fields.json import KeyTransform

from praxis.records.models import Record
from praxis.records.where import in_json

from .models import CustomField

PREFIX = "x_"


def name_of(key):
    return f"{PREFIX}{key}"[:30]


def wanted():
    """{name: key} of the indexes that the declared fields ask for."""
    return {name_of(key): key for key in CustomField.objects.filter(indexed=True).values_list("key", flat=True)}


def there():
    """The names of such indexes that the database has."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, Record._meta.db_table)
    return {name for name, what in found.items() if what["index"] and name.startswith(PREFIX)}


def follow():
    """Make what is wanted and missing, drop what is not wanted any more; returns (made, dropped) names."""
    asked, known = wanted(), there()
    made, dropped = sorted(set(asked) - known), sorted(known - set(asked))
    editor = connection.schema_editor()
    with connection.cursor() as cursor:
        for name in made:
            if connection.vendor == "sqlite":  # it compares an index's expression by letter: this is how records.where writes it
                cursor.execute(f'CREATE INDEX "{name}" ON "{Record._meta.db_table}" ("kind", JSON_EXTRACT("custom", {in_json(asked[name])}))')
            else:
                index = models.Index("kind", KeyTransform(asked[name], "custom"), name=name)
                cursor.execute(str(index.create_sql(Record, editor)))
        for name in dropped:
            cursor.execute("DROP INDEX IF EXISTS " + connection.ops.quote_name(name))
    return made, dropped
