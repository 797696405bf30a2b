from praxis.kernel.kinds import EventType, registry

registry.declare(EventType("customfield.saved", "saved", "settings-2"))
