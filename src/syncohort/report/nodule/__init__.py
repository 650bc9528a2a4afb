"""The section on CT nodules."""
