"""One reader per language: text to facts."""
