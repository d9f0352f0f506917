"""What happens.

- ledger: the named weekly totals, whole cents and whole people
- institutions: retailer, data buyer and press, as Mesa agents
- kinds: the kinds of columns that passes take
- sharing: the passes whose results all policies share: draws and trips
- hearing: the passes of hearing, feeling and talking
- deciding: the passes of deciding: consent, card, store
- shopping: the passes of shopping
- counting: the passes that add shoppers to the totals
- week: one week for a range of blocks, the passes in their order
- columns: all shoppers as columns: the compiled engine
- terms: what one shopper of the plain engine reads in a week
- shopper: one household as a Mesa agent: reads like the lesson
- agents: each shopper an agent: the plain engine
- model: LoyaltyModel: one week in ten lines
"""
