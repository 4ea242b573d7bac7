"""Who was asked to rate whom, and which results were disclosed."""
