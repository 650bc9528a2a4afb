"""The report: one self-contained page per cohort, and an index over cohorts."""
