"""The passes that add a run of shoppers to the totals of its cell."""

from simulation.behaviour.compiling import inner
from simulation.model.kinds import Bytes, Cents, Record, Traits, Whole
from simulation.model.ledger import COUNTED, TRUST_UNIT, Event, Measure, Touched
from simulation.scenario.practices import Scope

_EACH = len(Touched)


@inner
def count_people(patron: Bytes, member: Bytes, aware: Bytes, trust: Traits, events: Whole, totals: Whole) -> None:
    """Add a run of shoppers of one cell to its totals: who they are and what happened to them."""
    patrons = members = knowing = trusting = 0
    for i in range(patron.size):
        patrons += patron[i]
        members += member[i]
        knowing += 1 if aware[i] != 0 else 0
        trusting += int(float(trust[i]) * TRUST_UNIT + 0.5)
    totals[Measure.SHOPPERS] += patron.size
    totals[Measure.PATRONS] += patrons
    totals[Measure.MEMBERS] += members
    totals[Measure.AWARE] += knowing
    totals[Measure.TRUST] += trusting
    for i in range(patron.size):
        if events[i] != 0:
            for event in range(Event.COMPLAINED + 1):
                totals[Measure.JOINED + event] += (events[i] >> event) & 1


@inner
def count_records(
    flows: Bytes, debt: Bytes, aware: Bytes, opted_in: Bytes, opted_out: Bytes, fee_units: Whole, totals: Whole
) -> None:
    """Add a run of shoppers of one cell to its totals: whose data flows, with and without their knowing."""
    shared = unwitting = owed = agreed = declined = units = 0
    for i in range(flows.size):
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
def count_touched(practice: Record, k: int, flows: Bytes, member: Bytes, aware: Bytes, totals: Whole) -> None:
    """Add a run of shoppers of one cell to its totals: whom practice `k` concerns and who knows of it."""
    flowing = knowing = 0
    sharing, running = practice["scope"] == Scope.SHARED_RECORDS, practice["running"] > 0.0
    for i in range(flows.size):
        concerned = (flows[i] >> k) & 1 if sharing else member[i]
        flowing += concerned if running else 0
        knowing += (aware[i] >> k) & 1
    place = COUNTED + _EACH * k
    totals[place + Touched.FLOWING] += flowing
    totals[place + Touched.AWARE] += knowing


@inner
def count_trips_made(trips: Bytes, swiped: Bytes, redeemed: Bytes, totals: Whole) -> None:
    """Add a run of shoppers of one cell to its totals: how often they came, and whether with the card."""
    came = made = carded = used = 0
    for i in range(trips.size):
        came += 1 if trips[i] != 0 else 0
        made += trips[i]
        carded += trips[i] * swiped[i]
        used += redeemed[i]
    totals[Measure.SHOPPED] += came
    totals[Measure.TRIPS] += made
    totals[Measure.CARDED_TRIPS] += carded
    totals[Measure.REDEEMED] += used


@inner
def count_money(
    sales: Cents, goods: Cents, carded: Cents, rewards: Cents, partner_rewards: Cents, totals: Whole
) -> None:
    """Add a run of shoppers of one cell to its totals: whole cents."""
    sold = usual = on_card = given = given_by_partner = 0
    for i in range(sales.size):
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
