"""What all pictures and tables share.

- screen: a console on which no number is ever cut
- parameter_words: the model's numbers in plain words
- progress: how far it is: a bar, or a word
- lettering: letters of any script in figures
- drawing: the parts that figures are made of
- ticks: numbers along an axis, told apart
- tables: a table, described once: as a data frame, a file, for the terminal and a page
- fan_charts: fans of weekly lines, a panel a policy
- swings: how far policies move, as lines: a panel a policy
- term_swings: what policies owe to their own terms: words, table and figure
"""
