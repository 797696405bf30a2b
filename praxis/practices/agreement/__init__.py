"""Service level management (ITIL 4; service design in v3): set clear promises, measure them, and talk about them with the customer."""
