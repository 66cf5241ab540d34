"""Reading a registry through git or the disk, and remembering what was read."""
