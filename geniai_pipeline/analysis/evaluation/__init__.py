"""Evaluation of an analyzer against labels, and comparison of two analyzers."""
