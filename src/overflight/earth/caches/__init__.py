"""What is kept on disk between runs: compiled code, in folders that nobody else can write to.

It is kept as pickles, which run what is in them. So nothing is loaded that somebody other than this user, or root,
could have written (`trust`), nothing that was damaged (`store`), and where no folder can be used, all goes on without
one. `code` keeps what numba compiles.
"""
