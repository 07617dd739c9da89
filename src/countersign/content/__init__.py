"""Make your on-line content and comments secure."""
