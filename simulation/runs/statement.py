"""The answer in words, made from a headline's numbers: yes or no, how sure, what would settle it, a sentence a policy.

Amounts are means over replicates, ± one standard error, against the first policy. A policy is said to gain or to lose
only where its difference from the first is resolved; what is tied is called so, with the replicates that would tell.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from simulation.runs.estimates import FEWEST_BLOCKS, Estimate
from simulation.runs.formats import beside, dollars, listed
from simulation.runs.headline import Headline, Row
from simulation.runs.ranking import Pair
from simulation.runs.readings import YEAR
from simulation.runs.secrecy import Secrecy
from simulation.runs.splitting import planned
from simulation.scenario.drawn import drawn_addresses
from simulation.scenario.schema import Scenario

_MOST_REPLICATES = 100_000
"""More than these nobody will live: a difference that needs them is none."""

UNSETTLED = "Too close to call"
"""The reply where neither yes nor no would be honest."""


@dataclass(frozen=True)
class Statement:
    """What is said first of a run. Every part is whole sentences, or empty."""

    about: str  # the policy that the question asks about, or else the first that is compared; "" if there is none
    reply: str  # yes, no, or that it cannot be said; "" where the file does not say which policy the question is about
    verdict: str  # what that policy comes to on average
    secrecy: tuple[str, ...]  # what it earns in secret, costs exposed, how likely that is, and below what it pays
    settles: str  # what would settle what is not settled
    others: tuple[str, ...]  # the other policies, the best on average first
    ranking: tuple[str, ...]  # which policies are shown to be worth more than the first, and which are tied

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of it in the order in which it is read."""
        first = f"{self.reply}. {self.verdict}" if self.reply else self.verdict
        return tuple(filter(None, (first, *self.secrecy, self.settles, *self.others, *self.ranking)))

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**asdict(self), "sentences": self.sentences}


def statement(headline: Headline, scenario: Scenario) -> Statement:
    """Return a headline in words."""
    baseline, *others = headline.rows
    if not others:
        return Statement("", "", f"There is no other policy to compare with '{baseline.policy}'.", (), "", (), ())
    words = _Words(headline, scenario)
    about = next((row for row in others if row.policy == scenario.asks_about), others[0])
    rest = sorted((row for row in others if row is not about), key=lambda row: -row.difference_mean.value)
    return Statement(
        about.policy,
        words.reply(about) if scenario.asks_about else "",
        words.verdict(about),
        words.secrecy(about),
        words.settles(about),
        tuple(map(words.other, rest)),
        words.ranking(about),
    )


def secrecy_of(row: Row, scenario: Scenario) -> Secrecy | None:
    """Return a policy's worth by whether it comes out; None where nothing can, or its story is planned."""
    return None if row.policy in planned(scenario) else row.secrecy


class _Words:
    """The sentences of one headline."""

    def __init__(self, headline: Headline, scenario: Scenario) -> None:
        self._headline, self._scenario, self._baseline = headline, scenario, headline.rows[0].policy
        self._is_drawn = bool(drawn_addresses(scenario))
        self._span = span_in_words(scenario.weeks)

    def reply(self, row: Row) -> str:
        """Return yes or no, if it can be said."""
        if _is_nothing(row):
            return "No"
        if not self._is_resolved(row):
            return UNSETTLED
        reply = "Yes" if row.difference_mean.value > 0.0 else "No"
        return reply if self._is_drawn else f"{reply}, if every number is as assumed"

    def verdict(self, row: Row) -> str:
        """Return what a policy comes to on average, against the first."""
        if _is_nothing(row):
            return f"'{row.policy}' changes nothing: it is worth exactly as much as '{self._baseline}'."
        apiece, of_value = beside(row.difference_mean_per_household_year, row.difference_mean_share)
        scale = f"{apiece} per household and year, {of_value} of value"
        gains, against = _gains(row.difference_mean), f"against '{self._baseline}' over {self._span} ({scale})"
        if self._headline.replicates == 1:
            return f"In the one replicate that was run, '{row.policy}' {gains} {against}."
        average = "on average" if self._headline.ranking else f"on average over {self._headline.replicates} replicates"
        close = "; this is not distinguishable from zero" if self._is_tied(row) else ""
        return f"'{row.policy}' {gains} {average} {against}{close}."

    def secrecy(self, row: Row) -> tuple[str, ...]:
        """Return what a policy earns in secret and costs exposed, how likely that is, and below what it pays."""
        if (known := secrecy_of(row, self._scenario)) is None:
            return ()
        chance = f"In the model it is exposed within {self._span} in {_of_100(known.chance.value)} cases"
        return _both(known), f"{chance}{_pays_below(known)}."

    def settles(self, row: Row) -> str:
        """Return what would settle what a policy comes to; "" if that is settled."""
        if _is_nothing(row):
            return ""
        if self._headline.ranking is None:
            enough = FEWEST_BLOCKS * self._headline.block_size
            return f"A run of {enough} replicates would show how certain this is."
        pair = self._headline.ranking.pair(row.policy, self._baseline)
        return " ".join(filter(None, (_would_resolve(pair), self._stays(row))))

    def other(self, row: Row) -> str:
        """Return one sentence on a policy that the question is not about."""
        if _is_nothing(row):
            return f"'{row.policy}' changes nothing."
        average = "" if self._headline.replicates == 1 else " on average"
        says = f"'{row.policy}' {_gains(row.difference_mean)}{average}"
        close = " (not distinguishable from zero)" if self._is_tied(row) else ""
        if known := secrecy_of(row, self._scenario):
            return f"{says}{close}: {_in_short(known)}."
        if row.loses.value in (0.0, 1.0):
            return f"{says}{close}."
        return f"{says}{close} and loses in {self._share_that_loses(row)}."

    def ranking(self, about: Row) -> tuple[str, ...]:
        """Return which policies are shown to be worth more than the first, and which cannot be told apart.

        That the policy asked about is tied with the first is said already.
        """
        ranking = self._headline.ranking
        if ranking is None:
            return ()
        better = [row.policy for row in self._sorted() if self._is_resolved(row) and row.difference_mean.value > 0]
        shown = f"{'Only ' if len(better) == 1 else ''}{_names(better) or 'No policy'}"
        is_are = "are" if len(better) > 1 else "is"
        return (
            f"{shown} {is_are} clearly worth more than '{self._baseline}' on average.",
            *(_tied(group, ranking.pairs) for group in ranking.tied if set(group) != {about.policy, self._baseline}),
        )

    def _share_that_loses(self, row: Row) -> str:
        return f"{100 * row.loses.value:.0f} % of {'the simulated worlds' if self._is_drawn else 'replicates'}"

    def _sorted(self) -> list[Row]:
        return sorted(self._headline.rows[1:], key=lambda row: -row.difference_mean.value)

    def _is_resolved(self, row: Row) -> bool:
        ranking = self._headline.ranking
        return ranking is not None and ranking.pair(row.policy, self._baseline).resolved

    def _is_tied(self, row: Row) -> bool:
        return self._headline.ranking is not None and not self._is_resolved(row)

    def _stays(self, row: Row) -> str:
        """Return what no number of replicates settles."""
        if not self._is_drawn:
            return "Every number was held fixed: the true uncertainty is larger than the error shown."
        if 0.0 < row.loses.value < 1.0:
            return f"A single outcome stays uncertain: the policy loses in {self._share_that_loses(row)}."
        return ""


def span_in_words(weeks: int) -> str:
    """Return how long is simulated."""
    if weeks < YEAR:
        return f"{weeks} weeks"
    years = f"{weeks / YEAR:.2g}"
    return "one year" if years == "1" else f"{years} years"


def in_words(mean: Estimate) -> str:
    """Return a mean amount with its standard error, if there is one."""
    return f"{dollars(mean.value, signed=True)}{_error(mean)}"


def in_100(chance: float) -> str:
    """Return a chance such as 29 in 100, to two digits."""
    return f"{_hundredths(chance)} in 100"


def _hundredths(chance: float) -> str:
    """Return a chance times a hundred, to two digits, never in powers of ten."""
    percent = 100.0 * chance
    return f"{percent:.0f}" if percent >= 10.0 or percent == 0.0 else f"{percent:.2g}"  # noqa: PLR2004


def _of_100(chance: float) -> str:
    """Return a chance such as 29 of 100, to two digits."""
    return in_100(chance).replace(" in ", " of ")


def _error(mean: Estimate) -> str:
    return f" ± {dollars(mean.error, digits=2)}" if mean.error else ""


def _gains(mean: Estimate) -> str:
    """Return that a policy gains or loses a mean amount."""
    return f"{'gains' if mean.value > 0.0 else 'loses'} {dollars(abs(mean.value))}{_error(mean)}"


def _earns(mean: Estimate) -> str:
    """Return that a policy earns or costs a mean amount, and whether that can be told from zero."""
    said = f"{'earns' if mean.value > 0.0 else 'costs'} {dollars(abs(mean.value))}{_error(mean)}"
    return said if mean.is_distinguishable else f"{said} (not distinguishable from zero)"


def _is_nothing(row: Row) -> bool:
    return row.loses.value == row.gains.value == 0.0


def _both(known: Secrecy) -> str:
    """Return what a policy comes to in secret and exposed."""
    secret, exposed = _earns(known.if_secret), _earns(known.if_exposed)
    if known.verdict == "loses even if secret":
        return f"It {secret} even if it stays secret and {exposed} if the press exposes it."
    if known.verdict == "gains even if exposed":
        return f"It {exposed} even if the press exposes it and {secret} if it stays secret."
    return f"It {secret} if it stays secret and {exposed} if the press exposes it."


def _pays_below(known: Secrecy) -> str:
    """Return below which chance of exposure a policy pays, if there is one."""
    if known.break_even_chance is None:
        return ""
    point = known.break_even_chance
    interval = "" if point.low is None or point.high is None else f" (95 % interval {_ends(point.low, point.high)})"
    return f"; it pays only if that chance is below about {in_100(point.value)}{interval}"


def _ends(low: float, high: float) -> str:
    """Return both ends of an interval of a chance, in 100."""
    return f"{_hundredths(low)} to {_hundredths(high)}"


def turns_at(known: Secrecy) -> str:
    """Return the chance of exposure below which a policy pays, with its interval; "never" or "always" if none is."""
    if (point := known.break_even_chance) is None:
        return "never" if known.verdict == "loses even if secret" else "always"
    ends = "" if point.low is None or point.high is None else f" ({_ends(point.low, point.high)})"
    return f"{in_100(point.value)}{ends}"


def _in_short(known: Secrecy) -> str:
    """Return what a policy comes to in secret and exposed, in a clause."""
    secret, exposed = _earns(known.if_secret), _earns(known.if_exposed)
    chance = f"a chance of {in_100(known.chance.value)}"
    if known.verdict == "loses even if secret":
        return f"it {secret} even if it stays secret and {exposed} if exposed ({chance})"
    if known.verdict == "gains even if exposed":
        return f"it {exposed} even if exposed ({chance}) and {secret} if it stays secret"
    below = f"; it pays only below {in_100(known.break_even_chance.value)}" if known.break_even_chance else ""
    return f"it {secret} if it stays secret and {exposed} if exposed ({chance}){below}"


def _would_resolve(pair: Pair) -> str:
    """Return how many replicates would tell a policy from the first; "" if these do."""
    if pair.resolved:
        return ""
    if pair.replicates_needed is None or pair.replicates_needed > _MOST_REPLICATES:
        return "No practical number of replicates would settle the sign of the average."
    return f"About {pair.replicates_needed:,} replicates would settle the sign of the average."


def _tied(group: tuple[str, ...], pairs: tuple[Pair, ...]) -> str:
    """Return that policies cannot be told apart, and with how many replicates all of them could."""
    inside = [pair.replicates_needed for pair in pairs if {pair.better, pair.worse} <= set(group)]
    known = [needed for needed in inside if needed is not None and needed <= _MOST_REPLICATES]
    settled = len(known) == len(inside)
    tell = f"about {max(known):,} replicates would" if settled else "no practical number of replicates would"
    return f"{_names(group)} cannot be ranked; {tell} separate them."


def _names(names: Sequence[str]) -> str:
    return listed([f"'{name}'" for name in names])
