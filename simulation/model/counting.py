"""The passes that add shoppers to the totals: most take a run of one cell, from `first` up to `after`."""

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour import rules
from simulation.behaviour.compiling import inner
from simulation.model.kinds import Record, Whole
from simulation.model.ledger import COUNTED, TRUST_UNIT, Event, Measure, Touched
from simulation.model.listing import list_marked
from simulation.scenario.practices import Scope

_EACH = len(Touched)


@inner
def count_people(first: int, after: int, lives: Record, s: Record, totals: Whole) -> None:
    """Add a run of shoppers of one cell to its totals: who they are."""
    patron, aware, trust, member = lives["patron"], lives["aware"], lives["trust"], s["member"]
    patrons = members = knowing = trusting = 0
    for i in range(first, after):
        patrons += patron[i]
        members += member[i]
        knowing += 1 if aware[i] != 0 else 0
        trusting += int(np.int32(np.float64(trust[i]) * TRUST_UNIT + 0.5))
    totals[Measure.SHOPPERS] += int(after - first)
    totals[Measure.PATRONS] += patrons
    totals[Measure.MEMBERS] += members
    totals[Measure.AWARE] += knowing
    totals[Measure.TRUST] += trusting


@inner
def count_events(n: int, people: Record, s: Record, totals: NDArray[np.int64]) -> None:
    """Add what happened to the few to whom anything has, to the totals of their cells, shape (cells, counts)."""
    cell, events, marked, who = people["cell"], s["events"], s["marked"], s["who"]
    for i in range(n):
        marked[i] = 1 if events[i] != 0 else 0
    for place in range(list_marked(n, s)):
        i = who[place]
        for event in range(Event.COMPLAINED + 1):
            totals[cell[i], Measure.JOINED + event] += (events[i] >> event) & 1


@inner
def count_records(first: int, after: int, lives: Record, s: Record, totals: Whole) -> None:
    """Add a run of shoppers of one cell to its totals: whose data flows, with and without their knowing."""
    aware, opted_in, opted_out = lives["aware"], lives["opted_in"], lives["opted_out"]
    flows, debt, fee_units = s["flows"], s["debt"], s["fee_units"]
    shared = unwitting = owed = agreed = declined = units = 0
    for i in range(first, after):
        shared += 1 if flows[i] != 0 else 0
        unwitting += 1 if flows[i] & ~(aware[i] | opted_in[i]) != 0 else 0
        owed += debt[i]
        agreed += 1 if opted_in[i] != 0 else 0
        declined += 1 if opted_out[i] != 0 else 0
        units += fee_units[i]
    totals[Measure.SHARED] += shared
    totals[Measure.UNWITTING] += unwitting
    totals[Measure.CONSENT_DEBT] += owed
    totals[Measure.OPTED_IN] += agreed
    totals[Measure.OPTED_OUT] += declined
    totals[Measure.FEE_UNITS] += units


@inner
def count_touched(
    first: int, after: int, practice: Record, k: int, people: Record, lives: Record, s: Record, totals: Whole
) -> None:
    """Add a run of shoppers of one cell to its totals: whom practice `k` concerns and who knows of it."""
    aware, flows, member, below = lives["aware"], s["flows"], s["member"], s["below"]
    patron, rank, scope = lives["patron"], people["spend_rank"], practice["scope"]
    opted_in, opted_out = lives["opted_in"], lives["opted_out"]
    asked = practice["consent"] if scope == Scope.PAYING_MORE else 0
    flowing = knowing = 0
    for i in range(first, after):
        knowing += (aware[i] >> k) & 1
    if practice["running"] > 0.0 and scope == Scope.LOSING_THE_CARD:
        for i in range(first, after):
            flowing += rules.is_member(patron[i], lives["card"][i])
    elif practice["running"] > 0.0:
        for i in range(first, after):
            flow = (flows[i] >> k) & 1
            willing = rules.data_flows(1.0, asked, 1, rules.bit(opted_in[i], k), rules.bit(opted_out[i], k))
            flowing += willing * rules.is_concerned(scope, flow, patron[i], member[i], below[i], np.float64(rank[i]))
    place = COUNTED + _EACH * k
    totals[place + Touched.FLOWING] += flowing
    totals[place + Touched.AWARE] += knowing


@inner
def count_trips_made(first: int, after: int, lives: Record, s: Record, totals: Whole) -> None:
    """Add a run of shoppers of one cell to its totals: how often they came, and whether with the card."""
    trips, swiped, redeemed = lives["trips"], lives["swiped"], s["redeemed"]
    came = made = carded = used = 0
    for i in range(first, after):
        came += 1 if trips[i] != 0 else 0
        made += trips[i]
        carded += trips[i] * swiped[i]
        used += redeemed[i]
    totals[Measure.SHOPPED] += came
    totals[Measure.TRIPS] += made
    totals[Measure.CARDED_TRIPS] += carded
    totals[Measure.REDEEMED] += used


@inner
def count_money(first: int, after: int, lives: Record, s: Record, totals: Whole) -> None:
    """Add a run of shoppers of one cell to its totals: whole cents."""
    sales, goods, carded = lives["cents"], s["goods"], s["carded"]
    rewards, partner_rewards = s["rewards"], s["partner_rewards"]
    sold = usual = on_card = given = given_by_partner = 0
    for i in range(first, after):
        sold += sales[i]
        usual += goods[i]
        on_card += carded[i]
        given += rewards[i]
        given_by_partner += partner_rewards[i]
    totals[Measure.SALES] += sold
    totals[Measure.CARDED_SALES] += on_card
    totals[Measure.GOODS] += usual
    totals[Measure.REWARDS] += given
    totals[Measure.PARTNER_REWARDS] += given_by_partner
