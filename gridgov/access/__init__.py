"""Who may see what: roles and scopes, passwords, sessions and the gate before every address.

`roles` names the parties, `passwords` and `throttle` stand at the login, `sessions` turns a
cookie into an `Identity`, `csrf` guards forms, `gate` refuses everything else, `oidc` is the
optional way in through another provider.
"""
