"""Small models of our own, each played in four modes, which must not differ in anything."""
