"""Customers' databases: opened, looked at, read and filled by workers, and by nobody else."""
