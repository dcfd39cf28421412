"""Every way out of the system, attacked: what is allowed stands in ``expected``, all else is shut."""
