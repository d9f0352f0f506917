"""What happens.

- ledger: the named weekly totals, whole cents and whole people
- institutions: retailer, data buyer and press, as Mesa agents
- passes: the short loops of a week over a block of shoppers
- week: one week for a range of blocks, the passes in their order
- columns: all shoppers as columns: the compiled engine
- agents: each shopper a Mesa agent: reads like the lesson
- model: LoyaltyModel: one week in ten lines
"""
