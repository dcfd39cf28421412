"""The trainer of the local analyzer's model, and the labelled conversations it learns from."""
