"""What the city keeps by unit, post and year instead of by person, brought in and out as files.

Competences and what posts ask of them, courses and their sessions and budget, facts and indicators
of service, the assessment team, the tree of vision, missions, goals and indicators.  The tables
belong to other nouns; records about a person are hr.dossier's.
"""
