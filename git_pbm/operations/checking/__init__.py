"""What judges: a tree, a range of commits, a message, and the hooks."""
