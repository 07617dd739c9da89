"""The pages of this package: coming in, enrolling, one's own security."""
