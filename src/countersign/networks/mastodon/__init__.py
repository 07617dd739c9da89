"""Every server that speaks Mastodon's API."""
