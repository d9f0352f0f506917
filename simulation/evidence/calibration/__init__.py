"""Card transactions in, a population out, and how well it fits.

- shopping_facts: what shopping looks like, observed or simulated
- shopping_process: the shopping process apart from the engines, for many households at once
- calibrate: the shopping process fitted to card transactions
- transaction_rows: card transactions as rows of text, chunk by chunk, from CSV or Parquet
- transaction_values: the texts of transactions as days, cents and keys, and what is wrong with them
- transactions: card transactions reduced to baskets, every row used or counted
- goodness_of_fit: a population fitted to transactions, and how near the model comes to them
- answer: a calibration as files, as a figure and on the terminal
"""
