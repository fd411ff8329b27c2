"""Libraries that do not fit in memory: blocks, the local engine, the distributed engine."""
