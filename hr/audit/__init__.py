"""What an auditor writes: saved searches, samples, working papers; and the exports he asked for."""
