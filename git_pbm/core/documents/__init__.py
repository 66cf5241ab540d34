"""Documents that git pbm reads and writes: bytes to values and back; no registry is known here."""
