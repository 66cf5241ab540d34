"""Importers: results as match programs write them, turned into counts; one module for each format."""
