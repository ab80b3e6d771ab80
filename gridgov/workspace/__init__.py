"""What the application itself writes, on SQLite or PostgreSQL.

`tables` declares everything once, `engine` opens and migrates, one module a table holds the
functions: they take an engine or a connection and return frozen records. Whatever matters writes
its audit row in the same transaction.
"""
