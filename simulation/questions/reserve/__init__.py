"""What would it cost if the story broke now, against what the deal has earned so far?

- reserve: what exposure now would cost, beside the income so far
- cliff: where the reserve falls or rises at once, and what happens there
- answer: the backlash reserve as a figure and a table
- question: its options, and how it is asked
"""
