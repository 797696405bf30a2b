from django.db import migrations

from praxis.lib import identity

BATCH = 1000


def remember(apps, schema):
    """Items that were registered before there were sources are recognised by their serial number and host name."""
    item, mark = apps.get_model("cmdb", "Item"), apps.get_model("sources", "Mark")
    made = []
    for pk, serial, hostname in item.objects.exclude(serial="", hostname="").values_list("pk", "serial", "hostname").iterator():
        for sort, value in (("serial", identity.serial(serial)), ("host", identity.host(hostname))):
            if value:
                made.append(mark(record_id=pk, sort=sort, value=value))
        if len(made) >= BATCH:
            mark.objects.bulk_create(made, batch_size=400)
            made = []
    mark.objects.bulk_create(made, batch_size=400)


class Migration(migrations.Migration):
    dependencies = [("sources", "0001_initial"), ("cmdb", "0002_item_before_item_removed_because_auditrule_baseline")]
    operations = [migrations.RunPython(remember, migrations.RunPython.noop)]
