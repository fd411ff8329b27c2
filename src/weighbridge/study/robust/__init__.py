"""What would change a study's decision: uncertain scores, weights, unknown conditions, and one thing left out."""
