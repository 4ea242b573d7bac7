"""Starting a case by hand."""
