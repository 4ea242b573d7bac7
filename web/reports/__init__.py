"""What anybody may see of the offices' months: sums, never of fewer than five people."""
