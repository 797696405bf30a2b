"""Notices: what a person is told inside Praxis. Any event that names people in `data["tell"]` becomes one for each of them."""
