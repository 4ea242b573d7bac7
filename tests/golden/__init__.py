"""States that earlier engines stored: they load for ever, and their cases go on to their end."""
