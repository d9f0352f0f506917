"""The public face in Python, behind `import aislefour`.

- scenarios: scenarios by name
- extending: plug-ins given in Python
- actions: actions as they are written in Python
- frames: the frames of a run, lived or loaded
- finished: a finished run: tables, measures, figures and a report
- running: run, load, ask and sweep
"""
