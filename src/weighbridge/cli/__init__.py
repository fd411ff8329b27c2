"""The command line: thin, no numbers are computed here."""
