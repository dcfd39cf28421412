"""The local model over the rules' features."""
