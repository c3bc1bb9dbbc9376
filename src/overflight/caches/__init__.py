"""What is kept on disk between runs: meshes and compiled code, in folders that nobody else can write to.

Compiled code is kept as pickles, which run what is in them, and a mesh leads loops that check no bounds. So nothing is
loaded that somebody other than this user, or root, could have written (`trust`), nothing that was damaged (`store`),
and where no folder can be used, all goes on without one. `code` keeps what numba compiles.
"""
