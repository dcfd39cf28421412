"""How far an analyzer can be trusted, and how two analyzers compare."""
