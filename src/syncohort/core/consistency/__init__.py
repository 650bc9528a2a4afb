"""Settings that fit their schema and yet make no sense together."""
