"""What the program promises, and the checks.

- books: everything that a run leaves behind, held against another way to live it
- claims: (+ claims.yaml) what the program promises
- golden: (+ golden.json) small runs whose numbers are kept
- proofs: how each kind of promise is checked, and the evidence
- extending: what must hold of a plug-in, made from the list of its actions
- listing: what an audit found
"""
