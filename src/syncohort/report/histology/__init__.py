"""What is made for histology."""
