"""Runs: trainings in progress, their plans, schedules, data and checkpoints."""
