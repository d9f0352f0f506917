"""A class decides, watches and argues.

- questions: what a class can be asked to foresee
- case: a case for a class, as a file
- consequences: what comes of every course in every world, computed once
- calibration: how well a class has foreseen
- board: what each course is worth to whom, under weights that the class gives
- pictures: a class's world over time, and all worlds side by side
- world: the world that a class lives in, in words, tables and pictures
- lesson: who sits where, what each has sealed, how far the class is
- journal: what is done, on disk before it happens
- open_class: a class that is open, its code and its key
- record: the history as a table, and everybody's score
- handouts: (+ debrief.html, debrief_part.html, paper.html, offline.html, pieces.html, pieces.css,
  sheet.css, board.js, offline.js) what a class is handed, each to be opened offline
"""
