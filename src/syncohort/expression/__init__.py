"""The expression wing: from a real cohort's genes to a synthetic cohort and its scores."""
