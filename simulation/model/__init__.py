"""What happens.

- ledger: the named weekly totals, whole cents and whole people
- accounts: who pays whom: every flow of money between the parties
- scoring: what purchases tell an insurer, and whom its score misjudges
- institutions: retailer and rival grocer, as Mesa agents
- press: the press, as a Mesa agent
- authorities: data buyer, regulator and court, as Mesa agents
- kinds: the kinds of columns that passes take
- blocks: shoppers in blocks, one record each, as the passes take them
- listing: the pass that lists the few whom another pass has marked
- sharing: the passes whose results all policies share: draws and trips
- hearing: the passes of hearing, feeling and talking
- deciding: the passes of deciding: consent, card, store
- shopping: the passes of shopping
- counting: the passes that add shoppers to the totals
- week: one week for a range of blocks, the passes in their order
- everybody: what a pass asks before it leaves somebody out, answered so that it leaves out nobody
- rule_sets: the rules that a model's shoppers live by: those shipped, or a user's own among them
- preparing: the first week ever: two processes share its compilation
- columns: all shoppers as columns: the compiled engine
- shards: the columns scattered over several workers, by market
- terms: what one shopper of the plain engine reads in a week
- household: what an agent shopper is and remembers, and what practices do to it
- shopper: one household as a Mesa agent: reads like the lesson
- tally: what one agent shopper adds to the counts
- agents: each shopper an agent: the plain engine
- model: LoyaltyModel: one week in ten lines
"""
