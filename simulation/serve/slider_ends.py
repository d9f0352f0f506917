"""What the ends of a number's range mean, in words, for the sliders of a page."""

from simulation.behaviour.parameters import Parameter

_ENDS = {
    "attitudes.attentive": ("few understand a notice", "many do"),
    "attitudes.card_holders": ("fewer hold the card", "nearly all do"),
    "attitudes.fundamentalists": ("few protect their privacy", "many do"),
    "attitudes.high_sensitivity": ("few mind", "half of them mind"),
    "attitudes.opening_trust": ("little trusted", "well trusted"),
    "attitudes.resignation_of_the_resigned": ("they still act", "they have given up"),
    "attitudes.resigned": ("half feel powerless", "most do"),
    "attitudes.sensitivity_when_high": ("even the touchy take it calmly", "the touchy feel it in full"),
    "attitudes.sensitivity_when_low": ("the others feel nothing", "the others feel a little"),
    "behaviour.avoiding_by_grievance": ("the angry still come", "the angry skip weeks"),
    "behaviour.believing_word_of_mouth": ("talk is hardly believed", "talk is believed"),
    "behaviour.forgiveness_of_the_heaviest": ("the heaviest forgive nothing", "the heaviest forgive much"),
    "behaviour.leaving_by_grievance": ("the angry stay", "the angry leave"),
    "behaviour.resignation_dulls": ("the resigned still act", "the resigned do nothing"),
    "behaviour.returning_by_grievance": ("they come back", "they stay away"),
    "behaviour.salience_half_life_weeks": ("forgotten within days", "on their minds for weeks"),
    "behaviour.stated_weight_in_action": ("words, no deeds", "they do what they say"),
    "behaviour.trust_fall_per_week": ("trust falls slowly", "trust falls at once"),
    "behaviour.trust_loss_ratio": ("trust mends as fast as it falls", "trust mends very slowly"),
    "behaviour.withdrawing_by_grievance": ("they spend as before", "they take spending elsewhere"),
    "money.discount_rate_per_year": ("patient money", "impatient money"),
    "money.gross_margin": ("thin margin", "better margin"),
    "practices.departure_to_insurer": ("insurers are nearly acceptable", "insurers have no business with it"),
    "practices.noticing_own_data_per_year": ("nobody finds out alone", "customers find out alone"),
    "practices.with_opt_in": ("consent makes it fitting", "consent helps a little"),
    "shopping.main_store_changes_per_year": ("faithful shoppers", "restless shoppers"),
    "shopping.returns_per_year": ("fewer come back", "nearly all come back"),
    "world.follow_ups_per_year": ("told once", "told again and again"),
    "world.paid_by_a_lone_buyer": ("the buyer keeps the gain", "the buyer shares the gain"),
    "world.press_hazard_per_year": ("hardly ever found out", "soon found out"),
    "world.rival_access": ("many have no other grocer", "nearly all have another grocer"),
    "world.story_reach": ("few read it", "most read it"),
    "world.worth_of_a_perfect_score": ("records worth little", "records worth much"),
}
_BY_UNIT = (
    ("share of shoppers", ("fewer shoppers", "more shoppers")),
    ("share", ("a smaller share", "a larger share")),
    ("chance", ("seldom", "often")),
    ("dollars", ("less money", "more money")),
    ("weeks", ("shorter", "longer")),
    ("a year", ("seldom", "often")),
    ("factor", ("smaller", "larger")),
    ("ratio", ("smaller", "larger")),
)
"""What the ends of other numbers mean, by what their unit holds, the first that does."""


def ends_in_words(parameter: Parameter, low: float, high: float) -> tuple[str, str]:
    """Return what the low and the high end of a number mean, each with its value."""
    by_unit = (words for part, words in _BY_UNIT if part in parameter.unit)
    left, right = _ENDS.get(parameter.address) or next(by_unit, ("weaker", "stronger"))
    return f"{left} ({low:g})", f"{right} ({high:g})"
