"""Asset tags that nobody has to think of: the next number of the sequence that fits, each given once (AC6)."""

from praxis.kernel import numbers

from .models import Asset, TagSequence


def named(record):
    """The tag of an asset about to be stored, and its key: a written one stays, a missing one is filled from the sequence of its class or of all."""
    tag, rule = record.tag, None
    if record._state.adding:
        rule = sequence(record)
        if not tag and rule:
            tag = _next(record, rule)
        elif rule and (number := _number(rule, tag)) is not None:
            numbers.counted(_counter(rule, record), number)
    return {"tag": tag, "tag_key": record.key_of(tag)}


def sequence(record):
    """Of the sequences in use the one for its class before the one for all, its organisation's before the shared one; None if there is none."""
    wanted = record.product.item_class_id if record.product_id else record.item.item_class_id if record.item_id else None
    rows = TagSequence.objects.filter(is_active=True, organisation__in=(record.organisation_id,)) | TagSequence.objects.filter(is_active=True, organisation=None)
    fitting = [r for r in rows if r.item_class_id in (None, wanted)]
    return min(fitting, key=lambda r: (r.item_class_id is None, r.organisation_id is None), default=None)


def _next(record, rule):
    while True:
        tag = f"{rule.prefix}{numbers.count(_counter(rule, record), rule.first):0{rule.digits}d}"
        if not Asset.objects.filter(tag_key=record.key_of(tag)).exists():
            return tag


def _counter(rule, record):
    return f"tag:{rule.pk}:{record.organisation_id}"


def _number(rule, tag):
    """The number in a written tag that could be one of the sequence, else None."""
    rest = tag[len(rule.prefix) :]
    return int(rest) if tag.startswith(rule.prefix) and rest.isascii() and rest.isdigit() and len(rest) <= 12 else None


def after_many(records):
    """Let the sequences go on behind tags that came from elsewhere in bulk."""
    for record in records:
        if (rule := sequence(record)) and (number := _number(rule, record.tag)) is not None:
            numbers.counted(_counter(rule, record), number)
