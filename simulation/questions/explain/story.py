"""Two lives told in words: what came up, dated, with what lay between summed up."""

from collections.abc import Iterator
from dataclasses import dataclass

from simulation.behaviour.states import Card, Source
from simulation.model.ledger import Event
from simulation.questions.explain.two_lives import Moment, News, TwoLives
from simulation.runs.formats import small_dollars
from simulation.scenario.population import GROUPS, SEGMENTS, TIERS

_SOURCES = {
    Source.PRESS: "reads about {} in the press",
    Source.NOTICE: "reads about {} in a notice",
    Source.EXPERIENCE: "notices {} at first hand",
}
_TOLD = {
    Event.DROPPED: ("puts the card in a drawer", "putting the card away"),
    Event.CANCELLED: ("cancels the card", "putting the card away"),
    Event.SWAPPED: ("gives up the card for somebody else's", "putting the card away"),
    Event.RESUMED: ("takes the card out of the drawer again", "taking the card out"),
    Event.ENROLLED: ("takes a card", "taking a card"),
    Event.LEFT: ("leaves for another main store", "leaving"),
    Event.JOINED: ("comes back as a patron", "coming back"),
}
_CARD_EVENTS = (Event.DROPPED, Event.CANCELLED, Event.SWAPPED, Event.RESUMED, Event.ENROLLED)
_EVENTS = {"card": _CARD_EVENTS, "store": (Event.LEFT, Event.JOINED)}


HOW_TO_READ = (
    "Each week a shopper acts if the week's luck lies below the log-odds of acting. Both lives have the same luck, so "
    "that they part only where a grievance, a price, a reward, an offer or the rival makes a difference. Violations, "
    "trust and grievance run from 0 to 1."
)
"""What log-odds and luck are."""


@dataclass(frozen=True)
class Passage:
    """Some weeks of the story, and what is told of them."""

    first: int
    last: int
    text: str

    def __str__(self) -> str:
        """Say it with its date."""
        return f"{_weeks(self.first, self.last)}: {self.text}"


def _weeks(first: int, last: int) -> str:
    return f"Week {first}" if first == last else f"Weeks {first}-{last}"


def story(lives: TwoLives) -> tuple[Passage, ...]:
    """Return the two lives from the first week to the last; weeks in which nothing came up are summed up."""
    passages, quiet_since = [], 0
    for place, pair in enumerate(zip(*lives.lives, strict=True)):
        told = list(_of_week(lives, place, pair))
        if told:
            passages += [*_quiet(lives, quiet_since, place)]
            passages += [Passage(place + 1, place + 1, text) for text in told]
            quiet_since = place + 1
    return (*passages, *_quiet(lives, quiet_since, len(lives.lives[0])))


def introduction(lives: TwoLives) -> str:
    """Return who the shopper is."""
    traits, opening = lives.traits, lives.openings[0]
    kinds = (
        f"{SEGMENTS[traits['cell'] // (len(TIERS) * len(GROUPS))]}, {TIERS[traits['cell'] // len(GROUPS) % 3]} buyer"
    )
    store = "a patron" if traits["opening_patron"] else "a patron of another store"
    rival = "another grocer in reach" if traits["has_rival"] else "no other grocer in reach"
    card = f"the card {_card(opening['card'])}"
    where = "" if len(lives.scenario.markets) == 1 else f" in {lives.market}"
    return (
        f"Shopper {lives.shopper}{where} ({kinds}; privacy sensitivity {traits['sensitivity']:.2f}, "
        f"spend rank {100 * traits['spend_rank']:.0f} %) is {store} with {rival} and {card}, "
        f"and trusts the retailer by {traits['opening_trust']:.2f} of 1."
    )


def ending(lives: TwoLives) -> str:
    """Return how the two lives compare at the end."""
    said = [_end_of(lives, life) for life in (0, 1)]
    more = int(lives.bought(1)[-1] - lives.bought(0)[-1])
    difference = "the same to the cent" if more == 0 else f"{_dollars(abs(more))} {'more' if more > 0 else 'less'}"
    return f"In the end: {said[0]}; {said[1]}: {difference}."


def _end_of(lives: TwoLives, life: int) -> str:
    last, bought = lives.lives[life][-1], _dollars(int(lives.bought(life)[-1]))
    store = "a patron" if last.patron else "lost"
    return f"under '{lives.policies[life]}' {bought} bought, {store} at the end, the card {_card(last.card)}"


def _card(card: int) -> str:
    words = {Card.NEVER: "never taken", Card.ACTIVE: "in use", Card.DORMANT: "in a drawer", Card.CANCELLED: "cancelled"}
    return words.get(Card(card), "given up for somebody else's")


def _dollars(cents: int) -> str:
    return small_dollars(cents / 100)


# --- a week in which something comes up ---------------------------------------------------------------------------


def _of_week(lives: TwoLives, place: int, pair: tuple[Moment, Moment]) -> Iterator[str]:
    for tell in (_heard, _consented, _complained):
        one, other = (tuple(tell(lives, place, life)) for life in (0, 1))
        if one == other:
            yield from (f"in both lives the shopper {text}." for text in one)
        else:
            yield from (f"under '{lives.policies[0]}' the shopper {text}." for text in one)
            yield from (f"under '{lives.policies[1]}' the shopper {text}." for text in other)
    for decision in _EVENTS:
        yield from _decided(lives, decision, pair)


def _heard(lives: TwoLives, place: int, life: int) -> Iterator[str]:
    moment = lives.lives[life][place]
    for news in moment.news:
        felt = moment.felt.get(news.practice, 0.0)
        minds = f"feels violated by it ({felt:.2f} of 1)" if felt else "does not mind it"
        yield f"{_learns(news)} and {minds}; trust {moment.trust:.2f}, grievance {moment.grievance:.2f}"


def _learns(news: News) -> str:
    if news.source != Source.WORD_OF_MOUTH:
        return _SOURCES[news.source].format(news.practice)
    tellers = [*(f"shopper {each} (a neighbour in the ring)" for each in news.neighbours)]
    tellers += [f"shopper {each} (a far acquaintance)" for each in news.far]
    return f"hears about {news.practice} from {' and '.join(tellers)}"


def _consented(lives: TwoLives, place: int, life: int) -> Iterator[str]:
    now = lives.lives[life][place]
    before = lives.lives[life][place - 1] if place else None
    for decided, words in (("opted_in", "agrees to"), ("opted_out", "declines")):
        new = getattr(now, decided) & ~(getattr(before, decided) if before else 0)
        for k, name in enumerate(lives.scenario.practice_names):
            if new >> k & 1:
                yield f"is asked and {words} {name}"


def _complained(lives: TwoLives, place: int, life: int) -> Iterator[str]:
    if lives.lives[life][place].events >> Event.COMPLAINED & 1:
        yield "complains"


def _decided(lives: TwoLives, decision: str, pair: tuple[Moment, Moment]) -> Iterator[str]:
    """Yield what either life decides in a week, with the threshold and the luck that crossed it."""
    events = [_event(decision, moment) for moment in pair]
    if events[0] is not None and events[0] == events[1]:
        yield f"in both lives the shopper {_TOLD[events[0]][0]}: {_odds_in_both(decision, events[0], pair)}."
        return
    for life, moment in enumerate(pair):
        event, twin = events[life], pair[1 - life]
        if event is not None:
            acts = f"under '{lives.policies[life]}' the shopper {_TOLD[event][0]}"
            yield f"{acts}: {_odds(decision, event, moment, twin, events[1 - life] is not None)}."


def _event(decision: str, moment: Moment) -> Event | None:
    return next((event for event in _EVENTS[decision] if moment.events >> event & 1), None)


def _odds_in_both(decision: str, event: Event, pair: tuple[Moment, Moment]) -> str:
    one, other = (moment.log_odds[decision] for moment in pair)
    odds, below = (_signed(one), "it") if one == other else (f"{_signed(one)} and {_signed(other)}", "both")
    return f"log-odds of {_TOLD[event][1]} {odds}, the week's luck {_signed(pair[0].luck[decision])} lies below {below}"


def _odds(decision: str, event: Event, moment: Moment, twin: Moment, twin_acts: bool) -> str:
    """Return how the luck lay, and what the twin did instead."""
    odds, luck = _signed(moment.log_odds[decision]), _signed(moment.luck[decision])
    if twin_acts:
        return f"log-odds of {_TOLD[event][1]} {odds}, the week's luck {luck} lies below"
    if _state(decision, twin) == _before(event):
        against = f"log-odds of {_TOLD[event][1]} {odds}, the twin's {_signed(twin.log_odds[decision])}"
        return f"{against}; the week's luck {luck} lies between, so that the twin {_instead(decision, twin)}"
    below = f"the week's luck {luck} lies below; the twin {_stands(decision, twin)}"
    return f"log-odds of {_TOLD[event][1]} {odds}, {below}"


def _state(decision: str, moment: Moment) -> int:
    return moment.card if decision == "card" else moment.patron


def _before(event: Event) -> int:
    """Return how whoever this happens to stood before."""
    states = {Event.LEFT: 1, Event.JOINED: 0, Event.RESUMED: Card.DORMANT, Event.ENROLLED: Card.NEVER}
    return int(states.get(event, Card.ACTIVE))


def _instead(decision: str, twin: Moment) -> str:
    if decision == "card":
        return "leaves the card as it is"
    return "stays" if twin.patron else "stays away"


def _stands(decision: str, twin: Moment) -> str:
    if decision == "card":
        return f"has the card {_card(twin.card)}"
    return "is a patron" if twin.patron else "is lost already"


def _signed(value: float) -> str:
    return f"{value:.3f}".replace("-", "−")


# --- weeks in which nothing does ----------------------------------------------------------------------------------


def _quiet(lives: TwoLives, start: int, stop: int) -> Iterator[Passage]:
    """Yield one passage about the weeks from `start` up to `stop`, counted from 0, if there are any."""
    if start == stop:
        return
    spans = [moments[start:stop] for moments in lives.lives]
    if _alike(*spans):
        yield Passage(start + 1, stop, f"the two lives are the same: {_summed(spans[1])}.")
        return
    yield Passage(start + 1, stop, f"{_moved(lives, start, stop)}{_summed_apart(lives, spans)}.")


def _summed_apart(lives: TwoLives, spans: list[tuple[Moment, ...]]) -> str:
    said = [_summed(span) for span in spans]
    if said[0] == said[1]:
        return f"in both lives {said[0]}"
    return "; ".join(f"under '{policy}' {words}" for policy, words in zip(lives.policies, said, strict=True))


def _alike(one: tuple[Moment, ...], other: tuple[Moment, ...]) -> bool:
    names = ("trust", "resignation", "patron", "card", "trips", "cents", "swiped", "rewards", "partner_rewards")
    return all(
        getattr(here, name) == getattr(there, name) for here, there in zip(one, other, strict=True) for name in names
    )


def _summed(span: tuple[Moment, ...]) -> str:
    trips, carded = sum(each.trips for each in span), sum(each.trips * each.swiped for each in span)
    cents = sum(each.cents for each in span)
    if not any(each.patron for each in span):
        return "shops elsewhere"
    flowing = sum(each.flows > 0 for each in span)
    flows = f", data passed on in {flowing} of {len(span)} weeks" if flowing else ""
    rewards = sum(each.rewards + each.partner_rewards for each in span)
    return f"{trips} trips ({carded} with the card), {_dollars(cents)} bought, {_dollars(rewards)} given back{flows}"


def _moved(lives: TwoLives, start: int, stop: int) -> str:
    """Return how trust and grievance move in the second life, if they do."""
    moments = lives.lives[1]
    opening = moments[start - 1].trust if start else lives.traits["opening_trust"]
    before = moments[start - 1].grievance if start else 0.0
    last = moments[stop - 1]
    if (opening, before) == (last.trust, last.grievance):
        return ""
    now, then = f"{last.trust:.2f}", f"{opening:.2f}"
    trust = f"stays at {now}" if now == then else f"{'falls' if last.trust < opening else 'rises'} from {then} to {now}"
    grievance = f"grievance goes from {before:.2f} to {last.grievance:.2f}"
    return f"under '{lives.policies[1]}' trust {trust}, {grievance}; "
