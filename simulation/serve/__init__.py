"""The same in a browser: one user's page, and a class."""
