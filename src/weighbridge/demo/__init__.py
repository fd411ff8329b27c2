"""The embedded example on real data."""
