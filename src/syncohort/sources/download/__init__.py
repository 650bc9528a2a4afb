"""The download engine: it knows servers and files, not biology."""
