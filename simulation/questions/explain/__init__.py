"""What happened to one shopper, week by week, and to the twin?

- two_lives: one shopper's two lives, lived again by agents beside the columns
- selection: which shopper's lives tell most
- story: two lives in words
- answer: one shopper's two lives as a picture, a story and a table
- question: its options, and how it is asked
"""
