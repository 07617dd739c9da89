"""The frame of every page: layout, style, errors."""
