"""Matrix expressions: read from text, differentiated as a whole by the method of differentials, law by law."""
