"""What the program promises, and the checks.

- books: everything that a run leaves behind, held against another way to live it
- claims: (+ claims.yaml) what the program promises
- golden: (+ golden.json) small runs whose numbers are kept
- proofs: how each kind of promise is checked, and the evidence
- listing: what an audit found
"""
