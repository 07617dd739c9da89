"""The pages of losses and locks."""
