"""The commands, a module each: arguments in, exit status out."""
