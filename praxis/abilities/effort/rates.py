"""What an hour costs: of those who work on a record, and of those who cannot work because of it. Without a rate, cost is unknown."""

from praxis.kernel.settings import Setting

STAFF_RATE = Setting("cost.staff_rate", float, 0.0, "What an hour of the staff that handles incidents costs; 0: unknown")
USER_RATE = Setting("cost.user_rate", float, 0.0, "What an hour that a user loses costs; 0: unknown")
