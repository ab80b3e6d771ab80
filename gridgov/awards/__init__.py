"""Half-year awards: scheme → frozen inputs → events → scores → uncertainty → record.

Everything after the freeze is a pure function of (scheme, frozen tables, committee's entries), so
that a record can be recomputed to the byte. The method is told in docs/awards.md.
"""
