"""One command a module: `NAME_command.py` reads the arguments; `NAME.py` beside it, if there is one, does the work."""
