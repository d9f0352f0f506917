"""Aisle Four: a loyalty programme, and the backlash when its data is misused, simulated before anybody signs.

The folders, in reading order; a folder imports only from those above it, and a file only from files above it. Each
folder's own docstring lists its files, and the folders within it, in the same way:

- behaviour: what one shopper feels and does
- scenario: what is asked
- model: what happens
- runs: many runs: one run and its measures, sampled, kept, handed out, written
- show: what all pictures and tables share
- questions: one folder a question: what is worked out, words, figures, answer
- evidence: what the model rests on, and how it is held to it
- report: the run in one page, its figures and plots
- classroom: a class decides, watches and argues
- serve: the same in a browser: one user's page, and a class
- cli: the door: the verbs of the command line
- api: the public face in Python
- aislefour: its door, under the distribution's name
"""

__version__ = "0.1.0"
