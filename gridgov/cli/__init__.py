"""Commands of `python -m gridgov`."""
