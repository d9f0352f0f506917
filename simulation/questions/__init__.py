"""One folder a question: what is worked out, words, figures, answer, question.

- answer: what a question has brought to light
- ask: what every question has in common
- screen: Does a policy break our principles, and what does each cost?
- reserve: What would it cost if the story broke now, against what the deal has earned so far?
- break_even: At what fee, exposure risk or period of secrecy does the deal stop paying?
- survey: Would asking shoppers first change the decision, and what is that worth?
- ensemble: How much of the spread is chance, and how much comes from parameters?
- sensitivity: Which assumptions does the answer hang on?
- robust: Which policy is best if nobody can say which world we live in, and where does it pay?
- optimise: Which terms trade value against trust and harm?
- churn: When do which shoppers leave, by which definition of churn?
- compare: Who left because of it, and what first set their lives apart?
- explain: What happened to one shopper, week by week, and to the twin?
- catalogue: all questions, in the order in which help and pages list them
"""
