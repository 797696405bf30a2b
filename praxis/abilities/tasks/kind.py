from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import EventType, Kind, Permission, registry

from .lifecycle import TaskLifecycle
from .models import Task

STAFF = dict.fromkeys(("agent", "specialist", "team_lead", "incident_manager", "major_incident_manager", "problem_manager", "change_manager", "release_manager",
                       "service_owner", "service_level_manager", "administrator"), "all")

TASK = Kind(
    key="task", label=_("Task"), plural=_("Tasks"), prefix="TSK", model=Task, lifecycle=TaskLifecycle,
    permissions=(
        Permission("task.see", _("See tasks"), STAFF | {"auditor": "all"}),
        Permission("task.open", _("Add tasks"), STAFF),
        Permission("task.change", _("Change a task"), STAFF),
        Permission("task.work", _("Work on tasks"), STAFF),
        Permission("task.reply", _("Discuss a task"), STAFF),
        Permission("task.notes", _("Read and write internal notes on tasks"), STAFF | {"auditor": "all"}),
        Permission("task.link", _("Link tasks"), STAFF),
    ),
    icon="t-task", home="parent",
    opening=("title", "description", "parent", "position", "mandatory", "due_on", "minutes", "gate", "only", "team", "owner", "service", "priority", "restricted"),
)
registry.declare(
    EventType("tasks.added", _("added"), "list-checks", lambda e: e.data.get("words", ""), internal=True),
    EventType("tasks.failed", _("could not do"), "triangle-alert", lambda e: e.data.get("words", ""), internal=True),
    EventType("tasks.finished", _("finished all tasks"), "list-checks", internal=True),
    EventType("tasktemplate.saved", _("changed a template of tasks"), "list-checks"),
    Permission("tasks.templates", _("Write templates of tasks"), {"team_lead": "all", "incident_manager": "all", "administrator": "all"}),
)
