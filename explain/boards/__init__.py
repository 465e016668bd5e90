"""The parts of a board: names, signs, numbers and the order of terms, as formula trees."""
