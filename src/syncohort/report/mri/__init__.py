"""The section on volumes."""
