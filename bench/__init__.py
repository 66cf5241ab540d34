"""Benchmarks: whole processes, alternated, printed as ratios; nothing here decides a test."""
