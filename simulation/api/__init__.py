"""The public face in Python, behind `import aislefour`.

- scenarios: scenarios by name
- actions: actions as they are written in Python
- finished: a finished run: tables, measures, figures and a report
- running: run, load, ask and sweep
"""
