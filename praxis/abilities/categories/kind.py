from praxis.kernel.kinds import EventType, registry

registry.declare(EventType("category.saved", "saved", "settings-2"))
