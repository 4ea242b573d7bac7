"""The task page: evidence beside the form, drafts, claim and release, submit."""
