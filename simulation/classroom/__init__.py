"""A class decides, watches and argues.

- questions: what a class can be asked to foresee
- moves: what roles can do by levers of their own, and what that changes
- case: a case for a class, as a file
- consequences: what comes of every course in every world, computed once
- at_hand: what comes of the cases that ship with the program, kept beside them
- calibration: how well a class has foreseen
- board: what each course is worth to whom, under weights that the class gives
- dilemma: who would choose what first, and under which weights each choice is best
- pictures: a class's world over time, and all worlds side by side
- world: the world that a class lives in, in words, tables and pictures
- clock: how long a part of a lesson has lasted
- lesson: who sits where, what each has sealed, how far the class is
- ballots: which moves of roles count, and what the class's shoppers answered
- one_world: one world lived alone: every role's own measure, what shoppers say and do
- other_moves: the worlds that a class can come to live in, and what other moves would have brought
- slides: what the screen for the room shows, one thing at a time
- journal: what is done, on disk before it happens
- open_class: a class that is open, its code and its key
- record: the history as a table, and everybody's score
- handouts: (+ debrief.html, debrief_part.html, paper.html, offline.html, pieces.html, pieces.css,
  sheet.css, board.js, offline.js) what a class is handed, each to be opened offline
"""
