"""What is known about a unit's service to the public: satisfaction, complaints, indicators."""
