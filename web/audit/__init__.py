"""What an auditor works with: search, populations and samples, the map, the rules, exports."""
