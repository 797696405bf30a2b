from praxis.kernel.kinds import EventType, registry

registry.declare(*(EventType(f"{row}.saved", "saved", "clock") for row in ("calendar", "targetset", "target")))
