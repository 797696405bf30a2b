from django.db import models
from django.utils.translation import gettext_lazy as _

from praxis.kernel.now import now


class Import(models.Model):
    """One table on its way in: its rows, where each column goes, and what became of each row.

    `results` holds [line, outcome, what, reason, version, values before] in the order of the file; outcome is made, changed,
    same, bad or undone.
    """

    STATES = [("mapping", _("To be mapped")), ("trying", _("Being tried")), ("tried", _("Tried")), ("running", _("Being imported")), ("done", _("Imported")),
              ("refused", _("Nothing imported")), ("undoing", _("Being undone")), ("undone", _("Undone"))]

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.CASCADE, related_name="+")
    target = models.CharField(max_length=40)  # kind:incident, rows:people
    name = models.CharField(max_length=200)
    heads = models.JSONField()
    rows = models.JSONField()
    mapping = models.JSONField(default=dict)  # {head: column}
    whole = models.BooleanField(default=False)  # all or nothing
    state = models.CharField(max_length=10, choices=STATES, default="mapping")
    done = models.PositiveIntegerField(default=0)
    results = models.JSONField(default=list)
    at = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["organisation", "-at"], name="import_newest")]
