"""The catalogue of indicators as a tree, for everybody; the agency begins a drafting here."""
