"""JSON Schemas of the files that git pbm keeps; read through importlib.resources."""
