"""Daily activities (P02): what somebody did, its review, and the month that sums them up."""
