"""The nouns as frozen values: criterion, tree, matrix, judgement, weights, ranking. No files here."""
