"""Measurements, as ratios within one run: these are comparable where seconds are not."""
