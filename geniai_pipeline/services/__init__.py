"""What ``geniai up`` starts, watches and stops."""
