"""What one field of a scenario alone cannot tell: shares, dates, names that nothing stands for."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from simulation.behaviour.parameters import SHARES_TOLERANCE, parameters, sections
from simulation.behaviour.plugins import broken, owner, plugins
from simulation.behaviour.states import MOST_PRACTICES
from simulation.scenario.problems import Path, Problem

MOST_LETTERS = 80


def practice_names_of(scenario: Any) -> tuple[str, ...]:
    """Return the practices that any policy or event starts, in order of appearance."""
    lists = (*scenario.policies.values(), scenario.events)
    started = (action.practice() for actions in lists for action in actions if action)
    return tuple(dict.fromkeys(name for name in started if name is not None))


def problems_of(scenario: Any) -> Iterator[Problem]:
    """Yield everything that does not hang together: shares, dates, names that nothing stands for."""
    total = sum(scenario.markets.values())
    if scenario.markets and abs(total - 1) > SHARES_TOLERANCE:
        yield Problem(("markets",), f"the markets' shares add up to {total:g}, not to 1", "change a share")
    yield from _name_problems("markets", scenario.markets)
    yield from _name_problems("policies", scenario.policies)
    yield from _rule_problems(scenario)
    yield from _asked_problems(scenario)
    yield from _attitude_problems(scenario)
    yield from _uncertain_problems(scenario)
    names = practice_names_of(scenario)
    if len(names) > MOST_PRACTICES:
        message = f"{len(names)} practices; a scenario can tell {MOST_PRACTICES} apart"
        yield Problem(("policies",), message, "give some one name")
    for policy, actions in scenario.policies.items():
        for place, action in enumerate(actions):
            if action is not None:
                yield from _action_problems(scenario, ("policies", policy, place), action)
        yield from _reference_problems(("policies", policy), actions, scenario.events)
        yield from _clashes(("policies", policy), actions, scenario.events)
        yield from _tiers_at_once(("policies", policy), actions)
        yield from _after_the_end(("policies", policy), actions)
    for place, event in enumerate(scenario.events):
        if event is not None:
            yield from _action_problems(scenario, ("events", place), event)
    yield from _clashes(("events",), scenario.events, ())


def packages_of(scenario: Any) -> Iterator[str]:
    """Yield the packages whose actions, institutions, numbers or rules a scenario uses."""
    actions = [action for each in (*scenario.policies.values(), scenario.events) for action in each]
    used = [owner("actions", getattr(action, "do", "")) for action in actions]
    used += [owner("institutions", name) for name in scenario.institutions]
    used += [parameters()[address].plugin for address in (*scenario.overrides, *scenario.uncertain.ranges)]
    yield from filter(None, (*used, *scenario.rules.values()))


def refuse_without_packages(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return names of packages; raises ValueError for one that is not here, or cannot be used."""
    for problem in (each for name in names for each in _missing_package(("plugins",), name)):
        raise ValueError(problem.said)
    return names


def looks_of(name: str) -> str:
    """Return what two names share that cannot be told apart: by their case, their spaces, or signs nobody sees."""
    seen = "".join(letter for letter in name if unicodedata.category(letter) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold()).split())


def _name_problems(where: str, names: Iterable[str]) -> Iterator[Problem]:
    """Yield names that nobody can see, or tell from an earlier one."""
    earlier: dict[str, str] = {}
    for name in names:
        looks = looks_of(name)
        if not looks and name:  # an empty one is no key at all
            yield Problem((where, name), "a name must have letters that can be seen", "give it a name", at_key=True)
        elif looks in earlier:
            message = f"'{name}' cannot be told from '{earlier[looks]}'"
            yield Problem((where, name), message, "give it another name", at_key=True)
        earlier.setdefault(looks, name)


def _rule_problems(scenario: Any) -> Iterator[Problem]:
    """Yield rules whose package is not here, or has no such rule."""
    for rule, name in scenario.rules.items():
        yield from _missing_package(("rules", rule), name)
        if name in plugins() and rule not in plugins()[name].rules:
            message = f"{plugins()[name]} has no rule '{rule}'"
            yield Problem(("rules", rule), message, among=tuple(plugins()[name].rules), wrong=rule, at_key=True)


def _missing_package(path: Path, name: str) -> Iterator[Problem]:
    if name not in plugins():
        here = f"here: {', '.join(map(str, plugins().values()))}" if plugins() else "here are none"
        yield Problem(path, f"this needs the plug-in '{name}', which is not installed", f"install it; {here}")
    elif why := broken(name):
        yield Problem(path, f"the plug-in {plugins()[name]} cannot be used: {why}", "mend or remove the package")


def _asked_problems(scenario: Any) -> Iterator[Problem]:
    """Yield a problem if the question is about no policy, or about the baseline."""
    asked, others = scenario.asks_about, tuple(scenario.policies)[1:]
    if asked is not None and asked not in others:
        message = f"'{asked}' is no policy that is compared with the first"
        yield Problem(("asks_about",), message, "leave it out", among=others, wrong=asked)


def _attitude_problems(scenario: Any) -> Iterator[Problem]:
    """Yield a problem if the two named segments can be more than everybody."""
    attitudes = getattr(scenario, "attitudes", None)
    most = {name: parameter.value for name, parameter in sections()["attitudes"].items()}
    most |= attitudes.model_dump(exclude_none=True) if attitudes is not None else {}
    drawn = {name: scenario.uncertain.ranges.get(f"attitudes.{name}") for name in ("fundamentalists", "pragmatists")}
    most |= {name: ends[1] for name, ends in drawn.items() if ends is not None}
    if most["fundamentalists"] + most["pragmatists"] > 1 + SHARES_TOLERANCE:
        message = "fundamentalists and pragmatists together can be more than all shoppers"
        path = ("uncertain",) if any(drawn.values()) else ("attitudes",)
        yield Problem(path, message, "lower one share; the rest are unconcerned")


def _uncertain_problems(scenario: Any) -> Iterator[Problem]:
    for address, (low, high) in scenario.uncertain.ranges.items():
        path = ("uncertain", address)
        if address not in parameters():
            yield _unknown_number(path, address)
            continue
        least, most = parameters()[address].limits
        if not low < high:
            yield Problem(path, f"the low end of {address} must lie below the high end", "write [low, high]")
        if low < least or high > most:
            yield Problem(path, f"{address} can only lie between {least:g} and {most:g}", "narrow the range")


def _unknown_number(path: Path, address: str) -> Problem:
    """Return the problem, with those of the same name or section as what could be meant."""
    section, _, name = address.rpartition(".")
    same_name = [known for known in parameters() if known.endswith(f".{name}")]
    same_section = [known for known in parameters() if known.startswith(f"{section}.")]
    message = f"there is no number called '{address}'"
    if same_name:
        return Problem(path, message, f"write '{same_name[0]}'", at_key=True)
    return Problem(path, message, among=tuple(same_section or parameters()), at_key=True)


def _action_problems(scenario: Any, path: Path, action: Any) -> Iterator[Problem]:
    if action.week > scenario.weeks:
        message = f"week {action.week} lies after the end, week {scenario.weeks}"
        yield Problem((*path, "week"), message, "start earlier")
    if action.last_week is not None and action.last_week < action.week:
        yield Problem((*path, "until"), f"until {action.last_week} lies before week {action.week}", "end later")
    yield from _keys_that_clash(path, action)
    if (wrong := action.contradiction()) is not None:
        key, message, right = wrong
        yield Problem((*path, key), message, right)
    name = action.practice()
    if name is not None and not (0 < len(name) <= MOST_LETTERS and name.isprintable() and name.strip()):
        message = f"a practice's name must be one line of 1 to {MOST_LETTERS} letters"
        yield Problem((*path, "name"), message, "give it a short name")
    for place, market in enumerate(action.where or ()):
        at = (*path, "markets", place)
        if scenario.markets and market not in scenario.markets:
            yield Problem(at, f"there is no market called '{market}'", among=tuple(scenario.markets))
        elif market in action.where[:place]:
            yield Problem(at, f"{market} is named twice", "name it once")


def _keys_that_clash(path: Path, action: Any) -> Iterator[Problem]:
    """Yield keys of one action that do not go together."""
    if getattr(action, "if_complaints_above", None) is not None and action.to != "complaints":
        message = f"an answer to '{action.to}' does not wait for complaints"
        yield Problem((*path, "if_complaints_above"), message, "write 'to: complaints', or leave it out", at_key=True)
    if action.do == "boycott" and action.minded_by + action.counter_movement > 1:
        message = (
            f"{action.minded_by:g} who mind and {action.counter_movement:g} whom it pleases are more than everybody"
        )
        yield Problem((*path, "counter_movement"), message, f"at most {1 - action.minded_by:.6g}")


def _reference_problems(path: Path, actions: Sequence[Any], events: Sequence[Any]) -> Iterator[Problem]:
    """Yield actions about what has not begun; unless an action is wrong, which might have begun it."""
    if None in actions or None in events:
        return
    started = {each.practice(): each.week for each in sorted((*actions, *events), key=lambda each: -each.week)}
    known = tuple(name for name in started if name is not None)
    for place, action in enumerate(actions):
        name = action.refers_to()
        if name is None:
            continue
        if name not in known:
            message = f"this policy starts no practice called '{name}'"
            yield Problem((*path, place, "about"), message, "start the practice first", among=known)
        elif action.week < started[name]:
            message = (
                f"{_SAID.get(action.do, action.do)} in week {action.week}, before {name} starts in week {started[name]}"
            )
            yield Problem((*path, place, "week"), message, "let it come later")


_SAID = {
    **{"press_story": "the story breaks", "regulator_order": "the order comes", "scale_up": "the pilot is read out"},
    "class_action": "the suit is settled",
}


def _clashes(path: Path, actions: Sequence[Any], events: Sequence[Any]) -> Iterator[Problem]:
    """Yield actions that start together and set the same thing, and practices of one name that are not one."""
    seen: dict[Any, list[Any]] = {}
    kinds = {event.practice(): (event.do, None) for event in events if event is not None and event.practice()}
    for place, action in enumerate(actions):
        if action is None:
            continue
        name = action.practice()
        earlier = seen.setdefault((action.do, name or getattr(action, "about", None), action.week), [])
        if any(_overlap(action.where, other) for other in earlier):
            message = f"{action.do} is set twice from week {action.week} on"
            yield Problem((*path, place), message, "keep one, or give another name or week")
        earlier.append(action.where)
        kind = (action.do, getattr(action, "recipient", None))
        if name is not None and kinds.setdefault(name, kind) != kind:
            message = f"'{name}' is already the name of another practice of this policy"
            yield Problem((*path, place), message, "write 'name: ...', so that both can go on")


_TIERS = ("top_tier_only", "paid_tier", "paid_membership")
"""Actions of which each says who belongs to the one top tier that there is."""


def _tiers_at_once(path: Path, actions: Sequence[Any]) -> Iterator[Problem]:
    """Yield a tier that begins while one of another kind goes on: members can only belong to one."""
    tiers = sorted((each.week, place) for place, each in enumerate(actions) if each and each.do in _TIERS)
    for at, (week, place) in enumerate(tiers):
        for _, before in tiers[:at]:
            earlier, later = actions[before], actions[place]
            goes_on = earlier.last_week is None or earlier.last_week >= week
            if earlier.do != later.do and goes_on and _overlap(earlier.where, later.where):
                message = f"{later.do} begins in week {week} while {earlier.do} goes on"
                yield Problem((*path, place), message, f"end the other before, with 'until: {max(1, week - 1)}'")


_OF_THE_CARD = (
    *("reward_programme", "targeted_offers", "top_tier_only", "personal_prices", "member_prices", "share_data"),
    *("paid_tier", "paid_membership", "join_coalition", "merge_programme", "retail_media", "merge_records"),
)
"""Actions for which there must be a programme."""


def _after_the_end(path: Path, actions: Sequence[Any]) -> Iterator[Problem]:
    """Yield what needs a programme and begins when there is none any more."""
    ends = [each for each in actions if each is not None and each.do == "end_programme"]
    for place, action in enumerate(actions):
        for end in ends if action is not None and action.do in _OF_THE_CARD else ():
            if end.week <= action.week <= (end.last_week or action.week) and _overlap(action.where, end.where):
                message = f"{action.do} begins in week {action.week}, when the programme has ended"
                right = f"let it begin before week {end.week}"
                right += f", or end the programme 'until: {action.week - 1}'" if action.week > end.week else ""
                yield Problem((*path, place), message, right)


def _overlap(markets: Sequence[str] | None, others: Sequence[str] | None) -> bool:
    return markets is None or others is None or not set(markets).isdisjoint(others)
