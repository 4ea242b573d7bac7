"""Answers for machines that watch this server."""
