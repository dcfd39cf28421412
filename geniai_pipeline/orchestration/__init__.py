"""Everything that imports dagster: assets, jobs, schedules, sensors, the instance and its runs."""
