"""Careers: who may rise in rank in a month, and the promotions that were decreed."""
