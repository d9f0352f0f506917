"""How many practices there can be, what a card can be, and how a shopper can come to know of a practice."""

from enum import IntEnum

MOST_PRACTICES = 8
"""How many practices one scenario can tell apart: one bit each in a shopper's awareness and consent."""


class Source(IntEnum):
    """How a shopper came to know of a practice."""

    NOTHING = 0
    PRESS = 1
    NOTICE = 2
    EXPERIENCE = 3
    WORD_OF_MOUTH = 4


class Card(IntEnum):
    """The card's life."""

    NEVER = 0
    ACTIVE = 1
    DORMANT = 2
    CANCELLED = 3
    SWAPPED = 4
