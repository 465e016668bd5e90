"""The exact second route: definitions in mpmath, to as many digits as it takes."""
