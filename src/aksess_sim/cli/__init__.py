"""The `aksess-sim` command, one file a verb; the only folder here that reads argv, prints or exits."""
