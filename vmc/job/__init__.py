"""A job: its files, what it needs and tells, its end and its resumption."""
