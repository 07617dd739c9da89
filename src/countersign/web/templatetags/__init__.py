"""Tags for the look of pages."""
