"""The steps of one tenant's sync, one module each, without Dagster.

    extract -> transform -> analyze -> publish (rows, then the rollup)

A step compares its table with the one before it to find what is pending, so it can be repeated,
interrupted and resumed at any time. ``orchestration.assets`` wraps each step for Dagster.
"""
