"""Who people are: units, persons, posts, who holds them, who acts for whom, and roles."""
