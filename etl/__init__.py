"""The write side: read → recognise → validate → merge → model → publish."""
