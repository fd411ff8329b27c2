"""What would change the ranking: weights, scores and unknown conditions that move."""
