"""Countersign: the front door to a company's social media."""
