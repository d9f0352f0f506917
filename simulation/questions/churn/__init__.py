"""When do which shoppers leave, by which definition of churn?

- survival: survival analysis in weeks: Kaplan-Meier, restricted mean, log-rank, competing risks
- definitions: what churn can mean, and what one replicate tells of it
- churn: churn by policy, definition and stratum, against the same shoppers under the baseline
- net: who has churned, who is back, and who is lost on balance
- tables: a churn study as tables, and its verdict under each definition
- words: churn in words
- figures: the figures of a churn study
- answer: churn as figures, tables and a record
- question: its options, and how it is asked
"""
