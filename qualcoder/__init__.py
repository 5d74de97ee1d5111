"""Sealed, anonymised interview coding joined to election races."""

__version__ = "0.1.0"
