"""Functions of one variable: the derivative as a limit, rising and falling, numerical differentiation."""
