"""GridGov (格格看板): analytics for community grid governance. The core of the product."""

__version__ = "0.1.0"
