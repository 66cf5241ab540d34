"""What each command does: gather facts, plan, check, apply; nothing here prints or reads the command line."""
