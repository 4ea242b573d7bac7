"""What other programs need of Alur: requests that are made once, and webhooks."""
