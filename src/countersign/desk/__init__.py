"""What joins several packages: home, people and audit pages."""
