"""Calibration of an office's year (P07): what was looked at, who agreed, what changed and why."""
