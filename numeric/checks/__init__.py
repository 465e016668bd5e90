"""Checks: central differences of every kind, each with a bound of its error, and what they say of a gradient."""
