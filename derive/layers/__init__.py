"""Layers in matrices: their definitions, δ from the loss back, and the proof of every entry."""
