"""One function for each rule that needs code."""
