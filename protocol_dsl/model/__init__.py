"""What is meant: data only."""
