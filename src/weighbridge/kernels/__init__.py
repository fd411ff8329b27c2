"""Array functions under the methods: numpy for small tables, numba for large ones, the same numbers from both."""
