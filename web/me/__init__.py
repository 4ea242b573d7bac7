"""One's own year: plan, activities, feedback, results and why they are so, minutes, who looked."""
