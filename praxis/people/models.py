"""Organisations, sites, teams, people, and the grants that say what a person may do where."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower

from praxis.kernel.actors import SCOPES
from praxis.kernel.now import now

HUES = ("teal", "green", "rose", "blue", "violet", "amber")  # the soft tone that marks a person


MOST_ABOVE = 50  # levels of managers that are followed


class Row(models.Model):
    """What is administered but is no Record: written by `records.write.save`, which keeps version and event."""

    version = models.PositiveIntegerField(default=1, editable=False)
    needs = "people.manage"

    class Meta:
        abstract = True


def real_zone(name):
    """A validator: the name of a time zone, or nothing."""
    try:
        if name:
            ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValidationError(f"{name!r} is no time zone. Write one such as Europe/Berlin.") from None


class Organisation(Row):
    """A company or customer: the border that no record and no person crosses."""

    key = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    zone = models.CharField(max_length=60, default="UTC", validators=[real_zone])
    country = models.CharField(max_length=2, blank=True)
    is_demo = models.BooleanField(default=False, editable=False)

    def __str__(self):
        return self.name


class Site(Row):
    """A place where people work."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="sites")
    name = models.CharField(max_length=120)
    city = models.CharField(max_length=80, blank=True)
    zone = models.CharField(max_length=60, blank=True, validators=[real_zone])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="site_once")]

    def __str__(self):
        return self.name


class Team(Row):
    """A group that work is assigned to. Without an organisation it is the provider's own and serves all."""

    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="teams")
    name = models.CharField(max_length=120)
    is_desk = models.BooleanField(default=False)  # takes what comes in without a group

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="team_once", nulls_distinct=False)
        ]

    def __str__(self):
        return self.name


class PersonManager(BaseUserManager):
    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class Person(Row, AbstractBaseUser):
    """Anybody Praxis knows: employee, agent, supplier's contact. Signing in is optional."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="people")
    name = models.CharField(max_length=120)
    email = models.EmailField()
    phone = models.CharField(max_length=40, blank=True)
    job = models.CharField(max_length=80, blank=True)
    department = models.CharField(max_length=80, blank=True)
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    manager = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    vip = models.BooleanField(default=False)
    hue = models.CharField(max_length=8, default="grey")
    zone = models.CharField(max_length=60, blank=True, validators=[real_zone])
    theme = models.CharField(max_length=5, blank=True, choices=[("light", "Light"), ("dark", "Dark")])
    is_active = models.BooleanField(default=True)
    external_ref = models.CharField(max_length=80, blank=True)
    teams = models.ManyToManyField(Team, through="Membership", related_name="members")

    self_service = {"password", "theme", "zone"}  # what everybody may change of themselves
    objects = PersonManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint("organisation", Lower("email"), name="person_email_once")]
        indexes = [
            models.Index(Lower("email"), name="person_email"),
            models.Index(fields=["organisation", "name"], name="person_name"),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        """Nobody is their own manager, however many stand between (T-H8)."""
        seen, above = {self.pk}, self.manager_id
        while above is not None and len(seen) < MOST_ABOVE:
            if above in seen:
                raise ValidationError({"manager": "This person would stand above themselves. Choose another manager."})
            seen.add(above)
            above = Person.objects.filter(pk=above).values_list("manager", flat=True).first()

    @property
    def first_name(self):
        return self.name.split(" ")[0]

    @property
    def initials(self):
        words = self.name.split()
        return (words[0][0] + words[-1][0]).upper() if words else "?"


class Membership(Row):
    """A person in a team."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    team = models.ForeignKey(Team, on_delete=models.CASCADE)
    leads = models.BooleanField(default=False)
    takes = models.BooleanField(default=True)  # gets work by the rule of the group
    homes = ("person", "team")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "team"], name="member_once")]


class Role(Row):
    """A named set of permissions with their scopes: `{"incident.work": "team"}`. Editable; shipped ones come from a pack."""

    key = models.SlugField(unique=True)
    label = models.CharField(max_length=80)
    permissions = models.JSONField(default=dict, blank=True)

    def __str__(self):
        return self.label

    def clean(self):
        good = isinstance(self.permissions, dict) and all(isinstance(scope, str) and scope in SCOPES for scope in self.permissions.values())
        if not good:
            raise ValidationError({"permissions": f"Write a permission and how far it reaches on each line, one of: {', '.join(SCOPES)}."})


class Grant(Row):
    """A role held by a person in one organisation, or in every one: the provider's own staff."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="grants")
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    homes = ("person",)

    def __str__(self):
        return f"{self.person}, {self.role}"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "role", "organisation"], name="grant_once", nulls_distinct=False)
        ]


class Token(models.Model):
    """A key for the REST interface: shown once, kept as a hash, never wider than its owner's own rights."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)
    scopes = models.JSONField(default=list)  # permissions, or patterns such as "incident.*"
    made_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class OneTimeLink(models.Model):
    """A way in that works once: for the first administrator, the demo, and whoever an administrator helps."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Attempt(models.Model):
    """A failed sign-in, counted against the address it came from and the account it was meant for."""

    key = models.CharField(max_length=64)
    at = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="attempt_recent")]


class SessionManager(BaseSessionManager):
    def get_queryset(self):
        return super().get_queryset().select_related("person__organisation")


class Session(AbstractBaseSession):
    """A signed-in browser; the person column lets its owner see and end it."""

    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="sessions")
    agent = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=45, blank=True)
    made_at = models.DateTimeField(default=now)

    objects = SessionManager()
