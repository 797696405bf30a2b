"""Everything that has a page of its own is a Record: one shared table and one child table a practice."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from praxis.kernel.kinds import registry
from praxis.kernel.now import now
from praxis.lib.conditions import BadCondition, check_simple, from_json

# Newest first by the shared table's own key: Django would order a kind by its copy in the child, which no index of ours leads.
NEWEST = RawSQL('"records_record"."id"', ()).desc()
OPEN = Q(is_open=True)  # a bare boolean: the only form that both databases match to partial indexes
PRIORITIES = [(1, _("1, Critical")), (2, _("2, High")), (3, _("3, Moderate")), (4, _("4, Low")), (5, _("5, Planning"))]


class RecordQuerySet(models.QuerySet):
    def open(self):
        return self.filter(OPEN)

    def visible_to(self, actor, permission):
        """The rows that the permission reaches: the scope table as plain WHERE on indexed columns."""
        return self.filter(within(actor, permission))


def within(actor, permission, prefix=""):
    """`visible_to` as a Q, for joins and for several kinds at once."""
    clauses = actor.clauses(permission)
    if {} in clauses:
        return Q()
    if not clauses:
        return Q(**{f"{prefix}pk__in": ()})
    found = Q()
    for clause in clauses:
        found |= Q(**{
            f"{prefix}{c}" if len(v) == 1 else f"{prefix}{c}__in": v[0] if len(v) == 1 else v for c, v in clause.items()
        })
    return found


class KindManager(models.Manager.from_queryset(RecordQuerySet)):
    """Adds the kind predicate, so that the planner can use the indexes of the base table."""

    def get_queryset(self):
        queryset = super().get_queryset()
        key = self.model.kind_key
        return queryset.filter(kind=key) if key else queryset


class Record(models.Model):
    """The columns that every kind shares: what a list over several practices needs, and no more."""

    kind_key = None  # set on the child by its Kind

    kind = models.CharField(max_length=30, editable=False)
    subtype = models.CharField(max_length=30, blank=True, editable=False)
    number = models.CharField(max_length=20, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    state = models.CharField(_("state"), max_length=30, editable=False)
    phase = models.CharField(max_length=10, editable=False)
    is_open = models.BooleanField(default=True, editable=False)
    priority = models.PositiveSmallIntegerField(_("priority"), default=3, choices=PRIORITIES)
    requester = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
                                  verbose_name=_("requester"))
    owner = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
                              verbose_name=_("owner"))
    team = models.ForeignKey("people.Team", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
                             verbose_name=_("group"))
    organisation = models.ForeignKey("people.Organisation", null=True, on_delete=models.PROTECT, related_name="+",
                                     editable=False)
    service = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
                                verbose_name=_("service"), limit_choices_to={"kind": "service"})
    opened_at = models.DateTimeField(default=now, editable=False)
    updated_at = models.DateTimeField(default=now, editable=False)
    due_at = models.DateTimeField(null=True, editable=False)  # the next running target, null while paused; derived
    resolved_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    restricted = models.BooleanField(_("restricted"), default=False)
    tags = models.JSONField(default=list, blank=True)
    custom = models.JSONField(default=dict, blank=True, editable=False)
    external_ref = models.CharField(max_length=80, blank=True, editable=False)

    objects = KindManager()

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-updated_at"], condition=OPEN, name="record_my_work"),
            models.Index(fields=["requester", "-updated_at"], name="record_requester"),
            models.Index(fields=["kind", "-updated_at"], name="record_kind"),
            models.Index(fields=["kind", "-updated_at"], condition=OPEN, name="record_open"),
            models.Index(fields=["kind", "-opened_at"], name="record_opened"),
            models.Index(fields=["kind", "-id"], name="record_newest"),
            models.Index(fields=["kind", "-id"], condition=OPEN, name="record_open_newest"),
            models.Index(fields=["kind", "team", "-updated_at"], condition=OPEN, name="record_queue"),
            models.Index(fields=["kind", "due_at"], condition=OPEN, name="record_due"),
            models.Index(fields=["kind", "team", "due_at"], condition=OPEN, name="record_queue_due"),
            models.Index(fields=["kind", "state"], condition=OPEN, name="record_counts"),
            models.Index(fields=["kind", "priority", "-updated_at"], name="record_priority"),
            models.Index(fields=["kind", "subtype", "-updated_at"], name="record_subtype"),
            models.Index(fields=["kind", "resolved_at"], condition=Q(resolved_at__isnull=False), name="record_resolved"),
            models.Index(fields=["kind", "external_ref"], condition=~Q(external_ref=""), name="record_external"),
        ]

    def __str__(self):
        return f"{self.number} {self.title}"

    def clean_columns(self, names):
        """Check what the columns of these names, about to be stored, mean together; a practice says what."""

    @property
    def type(self):
        return registry[self.kind]

    @property
    def stage(self):
        """The declared State this record is in."""
        return self.type.lifecycle.states[self.state]


BLOCKS = "blocks"  # the type of link whose target waits for its source


class Link(models.Model):
    """One typed edge between two records."""

    source = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="links_out")
    target = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="links_in")
    type = models.CharField(max_length=30)
    made_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "target", "type"], name="link_once"),
            models.CheckConstraint(condition=~Q(source=models.F("target")), name="link_two_ends"),
        ]


class Once(models.Model):
    """What a request with this key already did, so that a double click or a retry does nothing again."""

    key = models.CharField(max_length=64, primary_key=True)
    answer = models.JSONField(null=True)
    at = models.DateTimeField(default=now)


class SavedView(models.Model):
    """A named question of a person, or shared with the whole desk when it has no person."""

    kind = models.CharField(max_length=30)
    label = models.CharField(max_length=60)
    condition = models.JSONField()
    sort = models.CharField(max_length=30, blank=True)
    person = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey("people.Organisation", null=True, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField(default=1)
    keeper = "person"

    @property
    def needs(self):
        return "desk.work" if self.person_id else "views.share"


class Feed(models.Model):
    """A list that a program reads as CSV by an address with a secret of its own; it shows what its owner may see at that moment."""

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="feeds")
    kind = models.CharField(max_length=30)
    label = models.CharField(max_length=80)
    query = models.CharField(max_length=2000)
    hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=now)
    revoked_at = models.DateTimeField(null=True)


class MoveRule(models.Model):
    """What an organisation, or everybody, makes of a declared move (settled 25): hides or renames it, asks for more, allows it under a
    condition, adds tasks. It adds no state and no move, so reports, REST and rules keep their words."""

    kind = models.CharField(max_length=30)
    move = models.CharField(_("step"), max_length=30)
    organisation = models.ForeignKey("people.Organisation", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    hidden = models.BooleanField(default=False)
    label = models.CharField(_("called"), max_length=40, blank=True)
    asks = models.JSONField(_("asks also for"), default=list, blank=True)  # further columns that have to be filled
    when = models.JSONField(_("only where"), default=dict, blank=True)  # a simple Condition on the record
    tasks = models.SlugField(_("adds the tasks of"), blank=True)  # key of a template of tasks
    approval = models.SlugField(_("needs the approval of"), max_length=40, blank=True)  # key of a policy of approvals
    version = models.PositiveIntegerField(default=1, editable=False)
    needs = "admin.settings"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "move", "organisation"], name="move_rule_once", nulls_distinct=False)]

    def __str__(self):
        return f"{self.kind}.{self.move}"

    def clean(self):
        kind = registry.get(self.kind)
        if kind is None:
            raise ValidationError({"kind": _("Write one of: %s.") % ", ".join(registry)})
        if self.move not in kind.lifecycle.moves:
            raise ValidationError({"move": _("Write one of: %s.") % ", ".join(kind.lifecycle.moves)})
        able = askable(kind)
        if not isinstance(self.asks, list) or any(name not in able for name in self.asks):
            raise ValidationError({"asks": _("Write a line each, such as - %(one)s. Possible: %(all)s.") % {"one": able[0], "all": ", ".join(able)}})
        if self.when:
            try:
                check_simple(from_json(self.when))
            except BadCondition as problem:
                raise ValidationError({"when": str(problem)}) from None


def askable(kind):
    """Names of the columns that a rule may ask for: those that people set by hand without a verb of its own."""
    shut = {*kind.computed, *kind.by_verb, "restricted", "organisation"}
    return sorted(f.name for f in kind.model._meta.concrete_fields if f.editable and f.name not in shut and not (f.remote_field and f.remote_field.parent_link)
                  and not isinstance(f, (models.AutoField, models.JSONField)))
