"""Public datasets: which of them a cohort is read from, what files they have, and the memory that reading takes."""
