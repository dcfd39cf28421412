"""Every way out of the database, attacked; what is allowed stands in ``expected``."""
