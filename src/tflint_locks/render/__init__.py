"""Findings as text for people, lines for editors and JSON for programs; knows no rule."""
