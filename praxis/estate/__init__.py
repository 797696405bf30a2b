"""What is managed: services, and later items, assets, suppliers. Below the practices, so that they may ask."""
