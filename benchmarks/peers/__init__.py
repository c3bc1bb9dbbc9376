"""One file a peer: `NAME`, `SIZE` (routes timed), `HOW` (one line), ``prepare()`` and ``run(state, routes)``.

``run`` takes legs of shape (n, 4) and returns a `common.Stretches`: one row for each stretch that a route spends in one
state, in any order.
"""
