"""Who left because of it, and what first set their lives apart?

- differences: what one scenario asks otherwise than another
- causes: what first set each shopper's life apart from the twin's
- attribution: differences split by first cause, segment and tier, to the last cent
- comparison: policies and scenario files side by side
- words: in words
- figures: by first cause, and by segment and tier
- answer: a comparison with its tables
- question: its options, and how it is asked
"""
