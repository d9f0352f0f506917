"""How a shopper hears, feels and talks: pure functions of a few numbers, called by both engines.

Grievances, violations, trust and resignation run from 0 to 1; chances are per week.
"""

from simulation.behaviour.compiling import rule


@rule
def bit(mask: int, place: int) -> int:
    """Return one bit of a mask of practices."""
    return (int(mask) >> place) & 1


@rule
def is_member(patron: int, card: int) -> int:
    """Return 1 for a patron with an active card."""
    return 1 if patron == 1 and card == 1 else 0


@rule
def addressed(scope: int, patron: int, member: int) -> int:
    """Return 1 for whom a practice of this scope meets: a member, or any patron of stores that sense."""
    return patron if scope == 6 else member


@rule
def passes_on(scope: int) -> int:
    """Return 1 for practices that take members' records elsewhere, to another firm or to another file of the firm."""
    return 1 if scope == 0 or scope == 7 else 0


@rule
def taken_out(luck: float, chance: float) -> int:
    """Return 1 for a record that is taken out this week, by the high end of a luck; its low end decides on consent."""
    return 1 if luck >= 1.0 - chance else 0


# --- hear ---------------------------------------------------------------------------------------------------------


@rule
def source_of_hearing(luck: float, press: float, notice: float, experience: float, word_of_mouth: float) -> int:
    """Return the `Source` by which a shopper learns of a practice this week, given each source's chance alone."""
    by_press = press
    by_notice = by_press + (1.0 - by_press) * notice
    by_experience = by_notice + (1.0 - by_notice) * experience
    by_any = by_experience + (1.0 - by_experience) * word_of_mouth
    source = 4 if luck < by_any else 0
    source = 3 if luck < by_experience else source
    source = 2 if luck < by_notice else source
    return 1 if luck < by_press else source


@rule
def most_hearing(press: float, notice: float, experience: float, scope: int, by_demotion: float) -> float:
    """Return a chance that no shopper exceeds who learns of a practice otherwise than from acquaintances."""
    noticing = max(experience, by_demotion) if scope == 2 else experience
    return press + notice + noticing


@rule
def data_flows(running: float, consent: int, member: int, opted_in: int, opted_out: int) -> int:
    """Return 1 if a shopper's data is passed on this week under the practice's mode of consent."""
    allowed = 1 - opted_out if consent == 2 else 1
    allowed = opted_in if consent == 3 else allowed
    return member * allowed if running > 0.0 else 0


@rule
def chance_of_noticing(
    experience: float, running: float, scope: int, flows: int, member: int, below: int, by_demotion: float
) -> float:
    """Return the chance that a shopper notices a practice of this scope by own experience; a demotion is noticed.

    `member` is 1 for whom it meets.
    """
    concerned = member if scope == 1 or scope == 6 else flows
    concerned = member if scope == 3 else concerned
    concerned = 1 if scope == 4 or scope == 5 else concerned
    concerned = member * (1 - min(1, below)) if scope == 8 else concerned
    concerned = member if scope == 9 else concerned
    chance = experience * concerned if running > 0.0 else 0.0
    by_standing = experience if below == 1 else 0.0
    by_standing = max(experience, by_demotion) if below == 2 else by_standing
    return by_standing if scope == 2 else chance


@rule
def standing(spend_rank: float, threshold: float, put_out: float) -> int:
    """Return 1 for a shopper whom a top tier leaves out, 2 for one who has been put out of it, else 0.

    A threshold of 1 means that there is no tier (any more).
    """
    below = 1 if spend_rank < threshold else 0
    left_out = below if threshold < 1.0 else 0
    return 2 * below if put_out <= spend_rank else left_out


@rule
def spread_of_price(dispersion: float, cap: float, spend_rank: float) -> float:
    """Return how far the heaviest would pay more, as it holds for a shopper: less where that breaks the cap."""
    above = 2.0 * spend_rank - 1.0
    return cap / above if dispersion * above > cap else dispersion


@rule
def by_tier(card: int, below: int, amount: float) -> float:
    """Return an amount for holders of an active card whom no tier leaves out, 0 for the others."""
    return amount * (card * (1 - min(1, below)))


@rule
def share_reached(vulnerable: int, awareness: float) -> float:
    """Return how much of the news and notices that reach others reaches a shopper."""
    return 1.0 - vulnerable * (1.0 - awareness)


@rule
def chance_of_believing(told: float, believing: float, trust: float, loyal_resistance: float) -> float:
    """Return the chance that talk is taken in; the trusting resist it (East, Hammond, Lomax 2008)."""
    return told * believing * (1.0 - loyal_resistance * trust)


@rule
def is_concerned(scope: int, flows: int, patron: int, member: int, below: int, spend_rank: float) -> int:
    """Return 1 for a patron at whose expense a practice of this scope is, 0 for others."""
    concerned = member if scope == 1 else flows
    concerned = member * min(1, below) if scope == 2 else concerned
    charged_more = member if spend_rank > 0.5 else 0
    concerned = charged_more if scope == 3 else concerned
    concerned = member * (1 - min(1, below)) if scope == 8 else concerned
    concerned = member if scope == 9 else concerned
    concerned = patron - member if scope == 4 else concerned
    return patron if scope == 6 else concerned


@rule
def meets_news(source: int, known: int) -> int:
    """Return 1 for who learns of a practice, or knows of it and is reached by more than talk (a `Source` below 4)."""
    return 1 if source != 0 and (known == 0 or source != 4) else 0


@rule
def salience_kept(salience: float, keeps: float) -> float:
    """Return how much is left on the mind a week later, before this week's news (exponential forgetting)."""
    return keeps * salience


@rule
def salience_after(kept: float, met: int, told: int, wrong: float, by_talk: float) -> float:
    """Return how much a grievance is on the mind after news of a practice: in full when met, in part if talked of.

    `met` is 1 for who learns of it this week or, knowing already, is reached by a story, a notice or own experience;
    `wrong` is what the practice does to the shopper: what pleases brings no grievance to mind.
    """
    reminded = max(kept, by_talk * told)
    reminded = 1.0 if met == 1 else reminded
    return reminded if wrong > 0.0 else kept


# --- feel ---------------------------------------------------------------------------------------------------------


@rule
def stake_of_demotion(spend_rank: float, put_out: float, demotion: float) -> float:
    """Return the stake of a shopper put out of a top tier, from 1 for the lightest up; `demotion` in their middle.

    It is worse than never having belonged, and worst for the heaviest (Wagner, Hennig-Thurau, Rudolph 2009).
    """
    place = (spend_rank - put_out) / max(1e-9, 1.0 - put_out)
    return 1.0 + (demotion - 1.0) * 2.0 * place


@rule
def stake_in_dispute(leaning: float, sensitivity: float, minded: float, counter: float) -> float:
    """Return 1 for a shopper who minds a dispute, -1 for one whom it pleases; by sensitivity if no share is said."""
    minds = 1.0 if leaning < minded else 0.0
    minds = -1.0 if leaning > 1.0 - counter else minds
    return minds if minded + counter > 0.0 else sensitivity


@rule
def stake_in(
    scope: int,
    privacy: float,
    below: int,
    member: int,
    spend_rank: float,
    demoted: float,
    resentment: float,
    dispute: float,
) -> float:
    """Return what a practice touches in a shopper: privacy, a dispute's side, or fairness for those it puts last.

    `demoted` is the stake of who has been put out of a top tier, `resentment` that of members who mind two prices.
    """
    left_out = demoted if below == 2 else float(below)
    charged_more = float(member) if spend_rank > 0.5 else 0.0
    stake = left_out if scope == 2 else privacy
    stake = charged_more if scope == 3 else stake
    stake = (resentment if member == 1 else 1.0) if scope == 4 else stake
    stake = float(member * (1 - min(1, below))) if scope == 8 else stake
    stake = 2.0 * spend_rank * float(member) if scope == 9 else stake
    return dispute if scope == 5 else stake


@rule
def stake_in_privacy(departure: float, sensitivity: float) -> float:
    """Return how much a flow touches a shopper: one that pleases, the more the less sensitive the shopper is."""
    return sensitivity if departure > 0.0 else 1.0 - sensitivity


@rule
def violation(wrong: float, running: float, scar: float, trust: float) -> float:
    """Return how violated a shopper who knows of a practice feels; in full only where it still runs.

    `wrong` is departure × stake. Below 0 it pleases instead, by as much as the firm is trusted and while it runs
    (Kim, Barasz, John 2019).
    """
    left = running + (1.0 - running) * scar
    return wrong * (left if wrong > 0.0 else running * trust)


@rule
def relief_of_consent(opted_in: int, opted_out: int, relief_in: float, relief_out: float) -> float:
    """Return the share of a violation that stays after the shopper's own choice about it."""
    return 1.0 - relief_in * opted_in - relief_out * opted_out


@rule
def trust_sought(opening_trust: float, burden: float, trust_lost_by_violation: float, goodwill: float) -> float:
    """Return the trust that a shopper's known violations and the retailer's goodwill allow in the long run."""
    best = min(1.0, opening_trust * (1.0 + goodwill))
    return min(1.0, best * max(0.0, 1.0 - trust_lost_by_violation * burden))


@rule
def trust_after(trust: float, sought: float, fall: float, loss_ratio: float) -> float:
    """Return next week's trust: it falls quickly and comes back slowly (Slovic 1993)."""
    pace = fall if sought < trust else fall / loss_ratio
    return trust + pace * (sought - trust)


@rule
def resignation_after(resignation: float, burden: float, growth: float) -> float:
    """Return next week's resignation: living on with a known violation wears shoppers down."""
    return resignation + growth * min(1.0, max(0.0, burden)) * (1.0 - resignation)


@rule
def grievance(
    opening_trust: float, trust: float, resignation: float, dulls: float, spend_rank: float, forgiveness: float
) -> float:
    """Return how much lost trust presses a shopper to act: less if resigned or a heavy patron."""
    lost = max(0.0, 1.0 - trust / opening_trust)
    return lost * (1.0 - dulls * resignation) * (1.0 - forgiveness * spend_rank)


@rule
def pressing(grievance: float, salience: float) -> float:
    """Return how much a grievance presses now: as far as it is on the mind."""
    return grievance * salience


@rule
def share_given(burden: float, sensed: float) -> float:
    """Return the share of a burden that has to do with the card: nothing that is sensed ends by putting it away."""
    return 1.0 - min(1.0, sensed / burden) if burden > 0.0 and sensed > 0.0 else 1.0


@rule
def complains(luck: float, per_week: float, grievance: float) -> int:
    """Return 1 if a shopper raises a voice this week (Hirschman 1970)."""
    return 1 if luck < per_week * grievance else 0


# --- talk ---------------------------------------------------------------------------------------------------------


@rule
def freshness(weeks_since: float, lasts: float) -> float:
    """Return how fresh the latest news is, from 1 down; a quarter is left after `lasts` weeks."""
    left = 1.0 / (1.0 + weeks_since / lasts)
    return left * left


@rule
def chance_of_talking(felt: float, fresh: float, at_full: float) -> float:
    """Return the chance that a shopper talks about a practice."""
    return at_full * min(1.0, felt) * fresh
