"""Measurement and reporting: dashboards over the measures that the other practices declare."""
