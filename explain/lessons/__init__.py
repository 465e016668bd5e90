"""The parts of a lesson, in the order in which a teacher tells them."""
