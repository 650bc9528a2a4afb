"""Expression matrices: read from any format, whole or in part, joined, and their values checked."""
