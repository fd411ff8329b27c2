"""Judgements become weights: priorities, consistency, review, questions, group, consensus, hierarchy."""
