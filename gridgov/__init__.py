"""GridGov (格格看板): analytics for community grid governance. The core: no page, no file loading."""

__version__ = "0.1.0"
