"""What the ends of a number's range mean, in words, for the sliders of a page."""

from simulation.behaviour.parameters import Parameter

_ENDS = {
    "world.press_hazard_per_year": ("hardly ever found out", "found out soon"),
    "world.story_reach": ("few read it", "most read it"),
}


def ends_in_words(parameter: Parameter, low: float, high: float) -> tuple[str, str]:
    """Return what the low and the high end of a number mean; the values themselves where nobody has written words."""
    left, right = _ENDS.get(parameter.address, ("less", "more"))
    return f"{left} ({low:g})", f"{right} ({high:g})"
