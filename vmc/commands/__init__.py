"""The command line: each command is a thin shell over a Python call."""
