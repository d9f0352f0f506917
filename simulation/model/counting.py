"""The passes that add shoppers to the totals: most take a run of one cell, from `first` up to `after`.

Their loops go over unsigned places, because an index that may be below 0 keeps a loop from vectorising.
"""

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour import rules
from simulation.behaviour.compiling import inner
from simulation.model.kinds import Bytes, Record, Whole
from simulation.model.ledger import COUNTED, TRUST_UNIT, Measure, Touched
from simulation.model.listing import list_marked
from simulation.scenario.population import CELLS
from simulation.scenario.practices import Scope

_EACH = len(Touched)
_EVERY_OTHER = 0x0001000100010001  # byte of a word has its lowest bit here: two bytes have room for a count


@inner
def find_runs(n: int, people: Record, s: Record) -> None:
    """Find where each cell's run begins, and where the last ends: within a block shoppers are ordered by cell."""
    cell, begins = people["cell"], s["begins"]
    begins[:] = 0
    for i in range(n):
        begins[cell[i] + 1] += 1
    for place in range(1, begins.size):
        begins[place] += begins[place - 1]


@inner
def set_in(column: Bytes, k: int, first: int, after: int) -> int:
    """Return how many of a run have bit `k` set in a column: eight of them are looked at in one."""
    words = column.view(np.int64)
    whole, pairs = words[first >> 3 : after >> 3], 0
    for place in range(whole.size):
        pairs += _set_in_word(whole[place], k)
    pairs += _set_in_word(words[after >> 3] & ((1 << 8 * (after & 7)) - 1), k)
    pairs -= _set_in_word(words[first >> 3] & ((1 << 8 * (first & 7)) - 1), k)
    pairs += pairs >> 32
    return (pairs + (pairs >> 16)) & 0xFFFF


@inner
def _set_in_word(word: int, k: int) -> int:
    """Return how many bytes of a word have bit `k` set, in four counts of two bytes each."""
    return ((word >> k) & _EVERY_OTHER) + ((word >> (k + 8)) & _EVERY_OTHER)


@inner
def count_people(first: int, after: int, lives: Record, s: Record, totals: Whole) -> None:
    """Add a run of shoppers of one cell to its totals: who they are."""
    aware, trust = lives["aware"], lives["trust"]
    knowing = trusting = 0
    for i in range(np.uint64(first), np.uint64(after)):
        knowing += 1 if aware[i] != 0 else 0
        trusting += int(np.int32(np.float64(trust[i]) * TRUST_UNIT + 0.5))
    totals[Measure.SHOPPERS] += after - first
    totals[Measure.PATRONS] += set_in(lives["patron"], 0, first, after)
    totals[Measure.MEMBERS] += set_in(s["member"], 0, first, after)
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
        event, left = 0, int(events[i])
        while left != 0:
            totals[cell[i], Measure.JOINED + event] += left & 1
            event, left = event + 1, left >> 1


@inner
def count_records(first: int, after: int, lives: Record, s: Record, totals: Whole) -> None:
    """Add a run of shoppers of one cell to its totals: whose data flows, with and without their knowing."""
    aware, opted_in, opted_out = lives["aware"], lives["opted_in"], lives["opted_out"]
    flows, fee_units = s["flows"], s["fee_units"]
    shared = unwitting = agreed = declined = units = 0
    for i in range(np.uint64(first), np.uint64(after)):
        shared += 1 if flows[i] != 0 else 0
        unwitting += 1 if flows[i] & ~(aware[i] | opted_in[i]) != 0 else 0
        agreed += 1 if opted_in[i] != 0 else 0
        declined += 1 if opted_out[i] != 0 else 0
        units += int(fee_units[i])
    totals[Measure.SHARED] += shared
    totals[Measure.UNWITTING] += unwitting
    totals[Measure.CONSENT_DEBT] += set_in(s["debt"], 0, first, after)
    totals[Measure.OPTED_IN] += agreed
    totals[Measure.OPTED_OUT] += declined
    totals[Measure.FEE_UNITS] += units


@inner
def count_touched(n: int, practice: Record, k: int, people: Record, lives: Record, s: Record, totals: Whole) -> None:
    """Add a block to the totals, shape (cells, counts): whom practice `k` concerns and who knows of it."""
    begins, place, aware, marked = s["begins"], COUNTED + _EACH * k, lives["aware"], s["marked"]
    if practice["running"] > 0.0:
        if practice["scope"] == Scope.LOSING_THE_CARD:
            _mark_holders(n, lives, s)
        else:
            _mark_concerned(n, practice, k, people, lives, s)
        for cell in range(CELLS):
            totals[cell, place + Touched.FLOWING] += set_in(marked, 0, begins[cell], begins[cell + 1])
    for cell in range(CELLS):
        totals[cell, place + Touched.AWARE] += set_in(aware, k, begins[cell], begins[cell + 1])


@inner
def _mark_holders(n: int, lives: Record, s: Record) -> None:
    """Mark who would be a member if cards were still taken."""
    patron, card, marked = lives["patron"], lives["card"], s["marked"]
    for i in range(n):
        marked[i] = rules.is_member(patron[i], card[i])


@inner
def _mark_concerned(n: int, practice: Record, k: int, people: Record, lives: Record, s: Record) -> None:
    flows, member, below, marked = s["flows"], s["member"], s["below"], s["marked"]
    patron, rank, scope = lives["patron"], people["spend_rank"], practice["scope"]
    opted_in, opted_out = lives["opted_in"], lives["opted_out"]
    asked = practice["consent"] if scope == Scope.PAYING_MORE else 0
    for i in range(n):
        flow = (flows[i] >> k) & 1
        willing = rules.data_flows(1.0, asked, 1, rules.bit(opted_in[i], k), rules.bit(opted_out[i], k))
        concerned = rules.is_concerned(scope, flow, patron[i], member[i], below[i], np.float64(rank[i]))
        marked[i] = willing * concerned


@inner
def count_trips_made(first: int, after: int, lives: Record, s: Record, totals: Whole) -> None:
    """Add a run of shoppers of one cell to its totals: how often they came, and whether with the card."""
    trips, swiped = lives["trips"], lives["swiped"]
    came = made = carded = 0
    for i in range(np.uint64(first), np.uint64(after)):
        came += 1 if trips[i] != 0 else 0
        made += int(trips[i])
        carded += int(trips[i] * swiped[i])
    totals[Measure.SHOPPED] += came
    totals[Measure.TRIPS] += made
    totals[Measure.CARDED_TRIPS] += carded
    totals[Measure.REDEEMED] += set_in(s["redeemed"], 0, first, after)


@inner
def count_money(first: int, after: int, lives: Record, s: Record, totals: Whole) -> None:
    """Add a run of shoppers of one cell to its totals: whole cents."""
    sales, goods, carded = lives["cents"], s["goods"], s["carded"]
    rewards, partner_rewards = s["rewards"], s["partner_rewards"]
    sold = usual = on_card = given = given_by_partner = 0
    for i in range(np.uint64(first), np.uint64(after)):
        sold += int(sales[i])
        usual += int(goods[i])
        on_card += int(carded[i])
        given += int(rewards[i])
        given_by_partner += int(partner_rewards[i])
    totals[Measure.SALES] += sold
    totals[Measure.CARDED_SALES] += on_card
    totals[Measure.GOODS] += usual
    totals[Measure.REWARDS] += given
    totals[Measure.PARTNER_REWARDS] += given_by_partner
