"""The modules that import dagster: assets, jobs, schedules, sensors, the instance and its runs."""
