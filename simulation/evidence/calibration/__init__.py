"""Card transactions in, a population out, and how well it fits.

- shopping_facts: what shopping looks like, observed or simulated
- shopping_process: the shopping process apart from the engines, for many households at once
- calibrate: the shopping process fitted to card transactions
- transaction_files: what kind of file transactions came in, and what to do with other kinds
- transaction_columns: which column holds what, and names that raise a doubt
- transaction_rows: card transactions as rows of text, chunk by chunk, from CSV or Parquet
- transaction_money: the texts of amounts as numbers, and what their shapes say of the decimal mark
- transaction_days: the texts of dates as days
- transaction_values: the texts of rows as days, cents and keys, and what is wrong with them
- transaction_intake: rows taken in, each into a basket or counted
- transaction_cancellations: cancellations taken off the purchases that they undo
- transaction_doubts: what cannot be, or can be read in two ways, about money and people
- transactions: card transactions reduced to baskets, every row used or counted
- goodness_of_fit: a population fitted to transactions, and how near the model comes to them
- answer: a calibration as files, as a figure and on the terminal
"""
