"""Processes of an installation: ``geniai up`` starts, supervises and stops them."""
