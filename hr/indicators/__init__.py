"""The catalogue of a year (P00): vision, missions, goals, and each office's main indicators."""
