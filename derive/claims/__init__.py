"""Claims: is an equality true? Its reading, its domain, the search for a counterexample, and the proof."""
