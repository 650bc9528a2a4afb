"""How real synthetic samples are: metrics, their controls and intervals, shared by every wing."""
