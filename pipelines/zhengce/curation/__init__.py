"""Tools for those who keep patterns: lint, test, measure and explain them."""
