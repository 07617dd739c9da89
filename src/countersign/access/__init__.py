"""Make access to your social media accounts secure."""
