"""Mails from networks: parsed defensively, checked by their DKIM signature, told apart by rules that can be read."""
