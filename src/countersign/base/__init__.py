"""Values, errors, actors, lifecycles: what everything else stands on."""
