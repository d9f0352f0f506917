"""The same in a browser: one user's page, and a class.

- guard: what every request must pass, and what every answer carries
- pages: (+ base.html, error.html, waiting.html, style.css) templates, files and answers that pages share
- shelf: the scenarios that a page offers
- asked: what somebody asks for: a scenario with policies edited, numbers set and a size, within bounds
- cards: policies as cards: actions in plain words, and what may be entered for their terms
- lines: what a page draws of a run: dots, lines with bands, events
- screened: which numbers act in a scenario, and how much
- slider_ends: what the ends of a number's range mean, in words
- offered: what a page is told of a scenario that can be changed there
- priority_pool: threads that do what is most urgent first
- small: the small run that answers while a slider moves
- bounded: what carries out the runs of a question, no more than a page may ask for
- worker: a process that lives one run after another
- crew: a fixed number of workers, and a bounded queue that is fair to those who ask
- kept: runs that are kept, by id
- question_forms: a form for every question, made from its dataclass, and what is read from it
- answering: what handlers of pages share: who asks, the queue, waiting and telling
- ask_pages: (+ ask.html, question.html, question.js) questions about a run that is done, and their answers
- scenario_pages: (+ first.html, first.js, scenario.html, instrument.js, state.js, cards.js, sliders.js, live.js) the
  first page, and a scenario as an instrument
- compared: (+ compare.html, compare.js) runs side by side
- user: (+ run.html, run.js, show.js, draw.js, save.js, dom.js, tray.js, ask.js, answer.html, lives.html, past.html) the
  pages of runs
- class_forms: what the pages of a class read from forms and answer with
- qr: a QR code as a picture
- class_room: (+ class_base.html, class.js, class.css) what the pages of a class share
- class_console: (+ class_instructor.html, class_tables.html, class_let_in.html, class_ended.html) the instructor's page
- class_screen: (+ class_screen.html, screen.css) the screen for the room
- classroom: (+ class_join.html, class_seat.html, class_decided.html, draft.js) the pages of a class
- application: parts put together behind the guard
"""
