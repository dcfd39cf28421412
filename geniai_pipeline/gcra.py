"""The generic cell rate algorithm (GCRA, ITU-T I.371, annex A), as virtual scheduling."""


def apply_gcra(
    free: float, units: int, per_minute: float | None, burst: float, now: float
) -> tuple[float, float]:
    """Reserves units at a limit; the same as ``ops.apply_gcra`` in ``sql/033_rate_limiter.sql``.

    Args:
        free: the instant from which the units may go, in seconds.
        units: how many; they follow evenly.
        per_minute: the limit; None: no limit is known.
        burst: seconds of idle time at most that are made up for.
        now: the instant of the reservation.

    Returns:
        Seconds until the first of the units may go, below zero to make up for idle time, and the
        instant from which the next may.

    """
    start = max(free, now - burst)
    return start - now, start + units * emission_interval(per_minute)


def emission_interval(per_minute: float | None) -> float:
    """Returns the seconds from one unit to the next at a limit; 0: no limit is known."""
    return 60 / per_minute if per_minute else 0.0
