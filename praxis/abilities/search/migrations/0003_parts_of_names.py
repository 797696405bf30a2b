"""PostgreSQL takes names with hyphens, dots and such apart as SQLite does, so that ham-01 finds wlc-ham-01 on both."""

from django.db import migrations

COLUMNS = {"title": "title", "public": "left(title || ' ' || public, 900000)", "private": "left(title || ' ' || public || ' ' || private, 900000)"}
JOINERS = """-.'@_/:\\+"""


def forward(apps, schema):
    if schema.connection.vendor != "postgresql":
        return
    apart = JOINERS.replace("'", "''")
    for name, text in COLUMNS.items():
        schema.execute(f"ALTER TABLE search_document DROP COLUMN {name}_v")
        schema.execute(f"ALTER TABLE search_document ADD COLUMN {name}_v tsvector GENERATED ALWAYS AS "
                       f"(to_tsvector('simple', translate({text}, '{apart}', '{' ' * len(JOINERS)}'))) STORED")
        schema.execute(f"CREATE INDEX search_{name} ON search_document USING gin ({name}_v)")


class Migration(migrations.Migration):
    dependencies = [("search", "0002_engines")]
    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
