"""Pure numerics: arrays in, arrays out; no data frames, no pages, no database.

Every method names its source in its docstring and is explained in plain words in docs/trends.md.
"""
