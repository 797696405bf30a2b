"""Full text over search_document: FTS5 on SQLite, generated vectors with GIN indexes on PostgreSQL."""

from django.db import migrations

SQLITE = (
    """CREATE VIRTUAL TABLE search_fts USING fts5(title, public, private, content='search_document', content_rowid='record_id',
       tokenize="unicode61 remove_diacritics 2", prefix='2 3 4')""",
    """CREATE TRIGGER search_document_insert AFTER INSERT ON search_document BEGIN
       INSERT INTO search_fts(rowid, title, public, private) VALUES (new.record_id, new.title, new.public, new.private); END""",
    """CREATE TRIGGER search_document_delete AFTER DELETE ON search_document BEGIN
       INSERT INTO search_fts(search_fts, rowid, title, public, private)
       VALUES ('delete', old.record_id, old.title, old.public, old.private); END""",
    """CREATE TRIGGER search_document_update AFTER UPDATE ON search_document BEGIN
       INSERT INTO search_fts(search_fts, rowid, title, public, private)
       VALUES ('delete', old.record_id, old.title, old.public, old.private);
       INSERT INTO search_fts(rowid, title, public, private) VALUES (new.record_id, new.title, new.public, new.private); END""",
)
# Each vector holds what the one before holds, so that one match answers for all columns a reader may see.
POSTGRESQL = (
    "ALTER TABLE search_document ADD COLUMN title_v tsvector GENERATED ALWAYS AS (to_tsvector('simple', title)) STORED",
    """ALTER TABLE search_document ADD COLUMN public_v tsvector GENERATED ALWAYS AS
       (to_tsvector('simple', left(title || ' ' || public, 900000))) STORED""",
    """ALTER TABLE search_document ADD COLUMN private_v tsvector GENERATED ALWAYS AS
       (to_tsvector('simple', left(title || ' ' || public || ' ' || private, 900000))) STORED""",
    "CREATE INDEX search_title ON search_document USING gin (title_v)",
    "CREATE INDEX search_public ON search_document USING gin (public_v)",
    "CREATE INDEX search_private ON search_document USING gin (private_v)",
)


def forward(apps, schema):
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema.connection.vendor]:
        schema.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
