"""The same in a browser: one user's page, and a class.

- guard: what every request must pass, and what every answer carries
- pages: (+ base.html, error.html, style.css) templates, files and answers that pages share
- application: parts put together behind the guard
"""
