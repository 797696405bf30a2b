"""What is down when these are down: failure followed through dependencies, with k of n where not all have to work. Pure."""


def propagate(needs, enough, down):
    """The set of all that fails with `down`.

    `needs` is {what depends: {what it depends on}}, `enough` {what depends: how many of these have to work}, all of them where it says nothing.
    """
    found, hit = set(down), {}
    for one, parts in needs.items():
        for part in parts:
            hit.setdefault(part, set()).add(one)
    front = set(found)
    while front:
        judged = {one for part in front for one in hit.get(part, ())} - found
        front = {one for one in judged if _fails(needs[one], enough.get(one), found)}
        found |= front
    return found


def _fails(parts, enough, down):
    lost = len(parts & down)
    return bool(lost) and (enough is None or len(parts) - lost < enough)


def single_points(needs, enough, top):
    """The parts whose failure alone brings `top` down."""
    parts, front = set(), {top}
    while front:
        front = {p for one in front for p in needs.get(one, ())} - parts - {top}
        parts |= front
    return {p for p in parts if top in propagate(needs, enough, {p})}
