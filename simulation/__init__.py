"""Aisle Four: a loyalty programme, and the backlash when its data is misused, simulated before anybody signs.

The folders, in reading order; a folder imports only from those above it, and a file only from files above it:

- behaviour: what one shopper feels and does
- scenario: what is asked
- model: what happens
- study: what follows from it
- show: who sees it
- classroom: a class decides, watches and argues
- serve: the same in a browser: one user's page, and a class
- cli: the door: the verbs of the command line
"""

__version__ = "0.1.0"
