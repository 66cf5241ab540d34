"""A git-native registry for neural-network models."""

__version__ = "0.1.0.dev0"
