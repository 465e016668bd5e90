"""Code: recorded facts become programs, stable at every number, as text in Python, NumPy, JavaScript and C."""
