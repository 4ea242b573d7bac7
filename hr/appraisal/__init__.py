"""Annual appraisals (P05): two independent ratings, what was proposed, what became final."""
