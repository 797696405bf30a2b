"""Events are append-only, by trigger on both databases; a row in kernel_lift, inside one transaction, allows removal."""

from django.db import migrations

SQLITE = (
    """CREATE TRIGGER event_no_update BEFORE UPDATE ON kernel_event
       BEGIN SELECT RAISE(ABORT, 'events are append-only'); END""",
    """CREATE TRIGGER event_no_delete BEFORE DELETE ON kernel_event
       WHEN NOT EXISTS (SELECT 1 FROM kernel_lift)
       BEGIN SELECT RAISE(ABORT, 'events are append-only'); END""",
)
POSTGRESQL = (
    """CREATE FUNCTION event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM kernel_lift) THEN RETURN OLD; END IF;
         RAISE EXCEPTION 'events are append-only';
       END $$""",
    """CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON kernel_event
       FOR EACH ROW EXECUTE FUNCTION event_append_only()""",
    """CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON kernel_event
       FOR EACH STATEMENT EXECUTE FUNCTION event_append_only()""",
)


def forward(apps, schema):
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema.connection.vendor]:
        schema.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]
    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
