"""Competence and training: gaps, courses, seats, budget, and the referrals that use them."""
