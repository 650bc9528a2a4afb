"""CT of lung nodules: prepared slices, a generator conditioned on gene expression, and what it makes."""
