"""The page that a reader can take hold of: its numbers are recomputed by JavaScript that the recorded facts gave."""
